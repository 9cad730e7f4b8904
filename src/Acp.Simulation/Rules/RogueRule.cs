namespace Acp.Simulation.Rules;

/// <summary>Nobody ever has a channel with a node of another domain.</summary>
internal sealed class RogueRule : Rule
{
    public override string Name => "no rogue inside";

    public override IEnumerable<Finding> Check(Simulation simulation)
    {
        foreach (var rogue in simulation.Nodes)
        {
            if (rogue is not { IsRogue: true, IsRunning: true })
                continue;
            foreach (var port in rogue.Ports)
            {
                var other = port.Link.Opposite(port);
                if (port.Channels.Count > 0 || other.Channels.Any(c => other.Node.OtherEnd(c.Spec.Channel) == rogue))
                    yield return new Finding($"{other.Node.Name} has a channel with {rogue.Name}, which is of another domain", [other.Node.Number, rogue.Number]);
            }
        }
    }
}
