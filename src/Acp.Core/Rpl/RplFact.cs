namespace Acp.Core.Rpl;

/// <summary>Something RPL noticed, for logs, counters and tests.</summary>
public abstract record RplFact;
