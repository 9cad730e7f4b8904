using Acp.Core;

namespace Acp.Simulation.Topologies;

/// <summary>
/// A random recursive tree with a bound on degree: each box is joined to one of those before it, all equally likely that have a port
/// free of <see cref="MostLinks"/>. Without the bound its height is e·ln n (Pittel 1994), so about 25 for 10,000 boxes, and its mean
/// depth ln n; the bound adds little: depth stays O(log n).
/// </summary>
public sealed class RandomTreeTopology : TopologyGenerator
{
    /// <summary>Links of one box.</summary>
    public const int MostLinks = 8;

    public override string Name => "random-tree";

    public override string Description => $"each below a random one with fewer than {MostLinks} links; O(log n) deep";

    private protected override void Draw(TopologyDraft draft, RandomSource random) => Grow(draft, random);

    internal static void Grow(TopologyDraft draft, RandomSource random)
    {
        var open = new List<int> { 0 };
        for (var i = 1; i < draft.Nodes; i++)
        {
            var at = random.Next(open.Count);
            var parent = open[at];
            draft.Join(parent, i);
            if (draft.Degree(parent) == MostLinks)
            {
                open[at] = open[^1];
                open.RemoveAt(open.Count - 1);
            }

            open.Add(i);
        }
    }
}
