using Acp.Core.Time;

namespace Acp.Simulation.Rules;

/// <summary>No packet can circle for longer than <see cref="SimulationLimits.Loop"/>.</summary>
internal sealed class LoopRule : Rule
{
    private readonly Dictionary<(int Destination, int Node), Instant> _since = [];
    private long _version = -1;

    public override string Name => "loops";

    public override IEnumerable<Finding> Check(Simulation simulation)
    {
        if (_version != simulation.RoutingVersion)
        {
            _version = simulation.RoutingVersion;
            var loops = simulation.Routing.Loops();
            foreach (var gone in _since.Keys.Where(k => !loops.Contains(k)).ToList())
                _since.Remove(gone);
            foreach (var loop in loops)
                _since.TryAdd(loop, simulation.Now);
        }

        foreach (var ((destination, node), since) in _since)
        {
            if (simulation.Now - since <= simulation.Options.Limits.Loop)
                continue;
            var to = destination < 0 ? "whatever is unknown" : simulation.Nodes[destination].Name;
            yield return new Finding($"packets for {to} have circled through {simulation.Nodes[node].Name} since {since - simulation.Options.Start}", [node]);
        }
    }
}
