namespace Acp.Core.Rpl;

/// <summary>Something that RPL wants done.</summary>
public abstract record RplAction;
