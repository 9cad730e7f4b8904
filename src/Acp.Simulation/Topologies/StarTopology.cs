using Acp.Core;

namespace Acp.Simulation.Topologies;

/// <summary>All on box 0.</summary>
public sealed class StarTopology : TopologyGenerator
{
    public override string Name => "star";

    public override string Description => "all on the first one";

    private protected override void Draw(TopologyDraft draft, RandomSource random)
    {
        for (var i = 1; i < draft.Nodes; i++)
            draft.Join(0, i);
    }
}
