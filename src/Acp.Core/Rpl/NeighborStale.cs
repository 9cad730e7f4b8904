namespace Acp.Core.Rpl;

/// <summary>No DIO was heard on the channel for too long; it leads to no parent any more.</summary>
public sealed record NeighborStale(ChannelId Channel) : RplFact;
