using Acp.Core;

namespace Acp.Simulation.Topologies;

/// <summary>A chain whose ends are joined: the smallest network that survives the loss of any one link.</summary>
public sealed class RingTopology : TopologyGenerator
{
    public override string Name => "ring";

    public override string Description => "a line whose ends are joined";

    public override int LeastNodes => 3;

    private protected override void Draw(TopologyDraft draft, RandomSource random)
    {
        for (var i = 0; i < draft.Nodes; i++)
            draft.Join(i, (i + 1) % draft.Nodes);
    }
}
