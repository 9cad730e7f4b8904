using Acp.Core.Time;

namespace Acp.Daemon.Lab;

/// <summary>One ordered pair of boxes, and when the second first answered the first.</summary>
public sealed class LabPair(int from, int to, LabView view)
{
    public int From { get; } = from;

    public int To { get; } = to;

    public LabView View { get; } = view;

    /// <summary>Null until it did.</summary>
    public Instant? ReachedAt { get; set; }
}
