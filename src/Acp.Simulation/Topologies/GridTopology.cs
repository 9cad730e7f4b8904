using Acp.Core;

namespace Acp.Simulation.Topologies;

/// <summary>Rows as long as there are rows, each box joined to the next and to the one below; the last row may be short.</summary>
public sealed class GridTopology : TopologyGenerator
{
    public override string Name => "grid";

    public override string Description => "a square, each joined to the next and to the one below";

    /// <summary>Boxes in a row.</summary>
    public static int WidthOf(int nodes) => (int)Math.Ceiling(Math.Sqrt(nodes));

    private protected override void Draw(TopologyDraft draft, RandomSource random)
    {
        var width = WidthOf(draft.Nodes);
        for (var i = 1; i < draft.Nodes; i++)
        {
            if (i % width != 0)
                draft.Join(i - 1, i);
            if (i >= width)
                draft.Join(i - width, i);
        }
    }
}
