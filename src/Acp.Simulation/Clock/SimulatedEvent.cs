using Acp.Core.Time;

namespace Acp.Simulation.Clock;

/// <summary>Something that will happen at an instant, once, unless its owner finds then that it is void.</summary>
internal abstract class SimulatedEvent
{
    public Instant At { get; internal set; }

    /// <summary>Of two at one instant, the one that was scheduled first comes first.</summary>
    internal long Order { get; set; }

    public abstract void Happen();

    internal bool IsBefore(SimulatedEvent other) => At < other.At || (At == other.At && Order < other.Order);
}
