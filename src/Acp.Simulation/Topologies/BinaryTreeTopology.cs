using Acp.Core;

namespace Acp.Simulation.Topologies;

/// <summary>Two below each, every level full but the last: ⌊log₂ n⌋ deep.</summary>
public sealed class BinaryTreeTopology : TopologyGenerator
{
    public override string Name => "binary-tree";

    public override string Description => "two below each";

    private protected override void Draw(TopologyDraft draft, RandomSource random)
    {
        for (var i = 1; i < draft.Nodes; i++)
            draft.Join((i - 1) / 2, i);
    }
}
