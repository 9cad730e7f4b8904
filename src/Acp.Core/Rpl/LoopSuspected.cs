namespace Acp.Core.Rpl;

/// <summary>A parent sent us a DAO: it thinks it is below us, so what we knew of it was outdated and has been forgotten.</summary>
public sealed record LoopSuspected(ChannelId Channel) : RplFact;
