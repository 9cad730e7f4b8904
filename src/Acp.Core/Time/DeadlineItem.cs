namespace Acp.Core.Time;

/// <summary>Something that may become due, held by at most one <see cref="DeadlineHeap{T}"/>.</summary>
/// <param name="order">Of two that are due at the same instant, the lower comes first.</param>
public abstract class DeadlineItem(long order)
{
    internal long Order { get; } = order;

    internal Instant At { get; set; }

    /// <summary>Its place in the heap, or −1.</summary>
    internal int Slot { get; set; } = -1;

    internal bool IsBefore(DeadlineItem other) => At < other.At || (At == other.At && Order < other.Order);
}
