using Acp.Core.Time;
using Acp.Simulation.Network;

namespace Acp.Simulation.Rules;

/// <summary>No machine asks to be woken in the past, again and again, or, with a link that is up, never or in a distant future.</summary>
internal sealed class WakeRule : Rule
{
    private readonly List<Finding> _sleepless = [];

    public override string Name => "wakes";

    /// <summary>A node would keep the clock from going on.</summary>
    public bool IsBroken => _sleepless.Count > 0;

    /// <summary>A node was woken again and again at one instant, for nothing, and wants to be woken at that instant once more.</summary>
    public void NoteSleepless(SimulatedNode node, Instant wanted)
    {
        if (!IsBroken)
            _sleepless.Add(new Finding($"{node.Name} asks over and over to be woken at {wanted}", [node.Number]));
    }

    public override IEnumerable<Finding> Check(Simulation simulation) => _sleepless.Concat(Dreamers(simulation));

    private static IEnumerable<Finding> Dreamers(Simulation simulation)
    {
        var latest = simulation.Now + simulation.Options.Limits.FurthestDeadline;
        foreach (var node in simulation.Nodes)
        {
            if (!node.IsRunning || node.NextDeadline <= latest || !node.Ports.Any(p => p.Link.IsUp))
                continue;
            if (node.NextDeadline is not { } next)
                yield return new Finding($"{node.Name} has a link and never asks to be woken", [node.Number]);
            else
                yield return new Finding($"{node.Name} asks to be woken no earlier than in {next - simulation.Now}", [node.Number]);
        }
    }
}
