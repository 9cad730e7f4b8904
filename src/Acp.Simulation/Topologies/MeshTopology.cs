using Acp.Core;

namespace Acp.Simulation.Topologies;

/// <summary>Each with each: n·(n−1)/2 links.</summary>
public sealed class MeshTopology : TopologyGenerator
{
    public override string Name => "mesh";

    public override string Description => "each with each, at most 500";

    public override int MostNodes => 500;

    private protected override void Draw(TopologyDraft draft, RandomSource random)
    {
        for (var a = 0; a < draft.Nodes; a++)
        {
            for (var b = a + 1; b < draft.Nodes; b++)
                draft.Join(a, b);
        }
    }
}
