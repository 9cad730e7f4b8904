namespace Acp.Simulation.Schedules;

/// <summary>What happens to a network, in order of time.</summary>
public sealed record Schedule
{
    public static readonly Schedule Empty = new([]);

    /// <param name="events">In any order; of two at one time the one that was given first comes first.</param>
    public Schedule(IEnumerable<SimulationEvent> events) => Events = [.. events.OrderBy(e => e.At)];

    public IReadOnlyList<SimulationEvent> Events { get; }
}
