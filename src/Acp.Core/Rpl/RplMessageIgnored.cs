namespace Acp.Core.Rpl;

/// <summary>A well-formed message, or a part of it, without effect.</summary>
public sealed record RplMessageIgnored(ChannelId Channel, RplIgnoreReason Reason) : RplFact;
