using Acp.Core;

namespace Acp.Simulation.Topologies;

/// <summary>A daisy chain: as deep as there are boxes.</summary>
public sealed class LineTopology : TopologyGenerator
{
    public override string Name => "line";

    public override string Description => "one behind the other";

    private protected override void Draw(TopologyDraft draft, RandomSource random)
    {
        for (var i = 1; i < draft.Nodes; i++)
            draft.Join(i - 1, i);
    }
}
