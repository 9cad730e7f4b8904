
namespace Acp.Simulation.Rules;

/// <summary>When all is quiet, every parent has a lower rank than its child, and is in the same DODAG.</summary>
internal sealed class RankRule : Rule
{
    public override string Name => "ranks";

    public override IEnumerable<Finding> CheckQuiet(Simulation simulation)
    {
        foreach (var node in simulation.Nodes)
        {
            if (!Simulation.IsMember(node))
                continue;
            var status = node.Node.RplStatus;
            foreach (var channel in status.PreferredParent is { } preferred ? status.DaoParents.Prepend(preferred) : [])
            {
                if (node.OtherEnd(channel) is not { } parent)
                {
                    yield return new Finding($"{node.Name} has a parent in {channel}, which leads nowhere", [node.Number]);
                    continue;
                }

                var above = parent.Node.RplStatus;
                if (above.Rank >= status.Rank || above.DodagId != status.DodagId)
                    yield return new Finding($"{parent.Name} (rank {above.Rank}, {above.DodagId}) is a parent of {node.Name} (rank {status.Rank}, {status.DodagId})", [node.Number, parent.Number]);
            }
        }
    }
}
