using Acp.Core.Rpl;
using Acp.Wire;

namespace Acp.Simulation.Reports;

/// <summary>One node at the end of a run.</summary>
/// <param name="Number">Its number in the topology.</param>
/// <param name="Name">"n" and the number.</param>
/// <param name="IsRunning">Off, it has nothing of what follows.</param>
/// <param name="IsRogue">Its certificate is not of the domain.</param>
/// <param name="Role">In the DODAG.</param>
/// <param name="Root">The number of its DODAG's root; null when nobody has that address.</param>
/// <param name="Rank">At the root the MinHopRankIncrease that it advertises: 2.</param>
/// <param name="Depth">Preferred parents up to the root; null when they lead nowhere.</param>
/// <param name="Parent">The number of its preferred parent; null for a root.</param>
/// <param name="DaoParents">Numbers, the preferred one first.</param>
/// <param name="Channels">Open channels.</param>
/// <param name="Routes">Entries in its routing table.</param>
/// <param name="Sent">All that it sent since power-on.</param>
public sealed record NodeReport(
    int Number, string Name, Ipv6Address AcpAddress, bool IsRunning, bool IsRogue, RplRole Role, int? Root, ushort Rank, int? Depth,
    int? Parent, IReadOnlyList<int> DaoParents, int Channels, int Routes, TrafficReport Sent);
