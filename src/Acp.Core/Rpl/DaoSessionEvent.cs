namespace Acp.Core.Rpl;

/// <summary>What came of asking a DAO session.</summary>
internal enum DaoSessionEvent
{
    None,
    Send,
    Acknowledged,
    Failed,
}
