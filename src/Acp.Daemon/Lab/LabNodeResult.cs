namespace Acp.Daemon.Lab;

/// <summary>One box after convergence.</summary>
/// <param name="Name">"n1".</param>
/// <param name="Address">Its ACP address; null when it never said.</param>
public sealed record LabNodeResult(
    string Name, string? Address, int IkeSas, int ChildSas, int Routes, long RssKib, string Dataplane);
