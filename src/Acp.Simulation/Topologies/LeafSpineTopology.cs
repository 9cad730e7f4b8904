using Acp.Core;

namespace Acp.Simulation.Topologies;

/// <summary>Every leaf joined to every spine: 2 spines up to 20 boxes, 4 up to 200, 8 up to 2,000, then 16.</summary>
public sealed class LeafSpineTopology : TopologyGenerator
{
    public override string Name => "leaf-spine";

    public override string Description => "every leaf joined to each of 2 to 16 spines";

    public override int LeastNodes => 4;

    public static int SpinesOf(int nodes) => nodes <= 20 ? 2 : nodes <= 200 ? 4 : nodes <= 2000 ? 8 : 16;

    private protected override void Draw(TopologyDraft draft, RandomSource random)
    {
        var spines = SpinesOf(draft.Nodes);
        for (var leaf = spines; leaf < draft.Nodes; leaf++)
        {
            draft.SetTier(leaf, 1);
            for (var spine = 0; spine < spines; spine++)
                draft.Join(spine, leaf);
        }
    }
}
