using Acp.Simulation.Network;

namespace Acp.Simulation.Rules;

/// <summary>
/// Nobody has a route to a node that has been off for longer than <see cref="SimulationLimits.Gone"/>; and when all is quiet, to none
/// that cannot be reached.
/// </summary>
internal sealed class GoneRule : Rule
{
    public override string Name => "no route to what is gone";

    public override IEnumerable<Finding> Check(Simulation simulation)
    {
        foreach (var gone in simulation.Nodes)
        {
            if (gone.OffSince is not { } since || gone.Life == 0 || simulation.Now - since <= simulation.Options.Limits.Gone)
                continue;
            foreach (var node in simulation.Nodes)
            {
                if (HasRoute(node, gone))
                    yield return new Finding($"{node.Name} has a route to {gone.Name}, which has been off since {since - simulation.Options.Start}", [node.Number]);
            }
        }
    }

    public override IEnumerable<Finding> CheckQuiet(Simulation simulation)
    {
        var components = simulation.Components();
        foreach (var node in simulation.Nodes)
        {
            foreach (var (prefix, _) in node.Routes)
            {
                if (prefix.Length > 0 && simulation.FindOwner(prefix) is { } owner
                    && (!Simulation.IsMember(owner) || components[owner.Number] != components[node.Number]))
                    yield return new Finding($"{node.Name} has a route to {owner.Name}, which it cannot reach", [node.Number, owner.Number]);
            }
        }
    }

    private static bool HasRoute(SimulatedNode node, SimulatedNode to) => node.Routes.Find(to.Prefix) is not null;
}
