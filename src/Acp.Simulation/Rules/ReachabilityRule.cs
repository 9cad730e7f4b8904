using Acp.Simulation.Routing;

namespace Acp.Simulation.Rules;

/// <summary>
/// When all is quiet, every pair that the topology joins routes, both ways. During a schedule also in between, if
/// <see cref="SimulationLimits.Outage"/> says so.
/// </summary>
internal sealed class ReachabilityRule : Rule
{
    public override string Name => "reachability";

    public override IEnumerable<Finding> Check(Simulation simulation)
    {
        if (simulation.Phase != SimulationPhase.Playing || simulation.Options.Limits.Outage is not { } outage
            || simulation.Now - simulation.Player.LastInterruptionAt <= outage || simulation.Convergence.Look()
            || simulation.Convergence.Failure is not { } failure)
            return [];
        return [new Finding($"{simulation.Now - simulation.Player.LastInterruptionAt} after the last event that may interrupt, {simulation.Describe(failure)}", [failure.From, failure.To])];
    }

    public override IEnumerable<Finding> CheckQuiet(Simulation simulation)
    {
        if (simulation.Convergence.Look())
            return [];
        return new RoutingSnapshot(simulation).Count(3).Failures.Select(f => new Finding(simulation.Describe(f), [f.From, f.To]));
    }
}
