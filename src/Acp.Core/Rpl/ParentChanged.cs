namespace Acp.Core.Rpl;

/// <summary>The preferred parent or the rank changed within the DODAG.</summary>
public sealed record ParentChanged(ChannelId Parent, ushort Rank) : RplFact;
