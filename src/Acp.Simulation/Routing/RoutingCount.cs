namespace Acp.Simulation.Routing;

/// <summary>All ordered pairs that should route, and those that do not.</summary>
internal sealed record RoutingCount(long Pairs, long Failed, IReadOnlyList<RoutingFailure> Failures);
