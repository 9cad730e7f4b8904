namespace Acp.Simulation.Reports;

/// <summary>An event of the schedule, and how long some pair that the topology joined could not talk after it.</summary>
/// <param name="Elapsed">Virtual time since power-on.</param>
/// <param name="Event">The event as text.</param>
/// <param name="Recovery">Until every pair routed again, or null when the next event came before.</param>
public sealed record Disturbance(TimeSpan Elapsed, string Event, TimeSpan? Recovery);
