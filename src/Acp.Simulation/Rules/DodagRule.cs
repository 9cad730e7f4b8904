using Acp.Core.Rpl;
using Acp.Simulation.Network;

namespace Acp.Simulation.Rules;

/// <summary>
/// When all is quiet, nodes that can reach each other are in one DODAG, and its root is the one of highest preference (which makes
/// it a grounded one, if anybody's would be), and among those of the lowest address.
/// </summary>
internal sealed class DodagRule : Rule
{
    public override string Name => "one DODAG";

    public override IEnumerable<Finding> CheckQuiet(Simulation simulation)
    {
        var components = simulation.Components();
        foreach (var part in simulation.Nodes.Where(Simulation.IsMember).GroupBy(n => components[n.Number]))
        {
            var best = part.OrderByDescending(n => n.Options.Rpl.Preference).ThenBy(n => n.AcpAddress).First();
            if (best.Node.RplStatus.Role == RplRole.Joined)
                yield return new Finding($"{best.Name} should be root of its part of the network and is not", [best.Number]);
            foreach (var node in part)
            {
                if (node.Node.DodagId != best.AcpAddress)
                    yield return Astray(node, best);
            }
        }
    }

    private static Finding Astray(SimulatedNode node, SimulatedNode root) =>
        new($"{node.Name} is in DODAG {node.Node.DodagId} and not in that of {root.Name}", [node.Number, root.Number]);
}
