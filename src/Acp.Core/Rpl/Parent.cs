namespace Acp.Core.Rpl;

/// <summary>A neighbour that may be our parent, and the rank that we would have below it.</summary>
internal readonly record struct Parent(RplNeighbor Neighbor, Dodag Dodag, byte Version, ushort Rank, bool Penalised);
