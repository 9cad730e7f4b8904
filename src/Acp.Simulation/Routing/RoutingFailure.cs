namespace Acp.Simulation.Routing;

/// <summary>A pair of nodes, by number, that does not route.</summary>
internal readonly record struct RoutingFailure(int From, int To, RoutingResult Result);
