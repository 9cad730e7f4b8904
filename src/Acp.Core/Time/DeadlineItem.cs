namespace Acp.Core.Time;

/// <summary>Something that may become due, held by at most one <see cref="DeadlineHeap{T}"/>.</summary>
public abstract class DeadlineItem
{
    /// <summary>Its place among all that the heap was ever given: of two that are due at the same instant, the older comes first.</summary>
    internal long Order { get; set; }

    internal Instant At { get; set; }

    /// <summary>Its place in the heap, or −1.</summary>
    internal int Slot { get; set; } = -1;

    internal bool IsBefore(DeadlineItem other) => At < other.At || (At == other.At && Order < other.Order);
}
