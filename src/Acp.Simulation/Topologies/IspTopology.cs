using Acp.Core;

namespace Acp.Simulation.Topologies;

/// <summary>
/// A provider's network: a core ring of one box in 50 with chords, one in ten an aggregation box with links to two core boxes, and
/// the rest in access trees at most four deep. Whoever has many links gets more (Barabási and Albert 1999), so that degrees have
/// the long tail of real networks.
/// </summary>
public sealed class IspTopology : TopologyGenerator
{
    private const int BoxesForOneCore = 50;
    private const int BoxesForOneAggregation = 10;
    private const int LastTier = 5;

    public override string Name => "isp";

    public override string Description => "core ring with chords, aggregation with two uplinks, access trees; scale-free";

    public override int LeastNodes => 6;

    private protected override void Draw(TopologyDraft draft, RandomSource random)
    {
        var core = Math.Max(3, draft.Nodes / BoxesForOneCore);
        var aggregation = Math.Max(2, draft.Nodes / BoxesForOneAggregation);
        // A box is in these lists once for each of its links: a random entry is a box in proportion to its links.
        var coreEnds = new List<int>();
        for (var i = 0; i < core; i++)
        {
            draft.SetTier(i, 0);
            draft.Join(i, (i + 1) % core);
            coreEnds.Add(i);
            coreEnds.Add((i + 1) % core);
        }

        for (var i = 0; i < core / 2; i++)
        {
            var (a, b) = (random.Next(core), coreEnds[random.Next(coreEnds.Count)]);
            if (draft.TryJoin(a, b))
                coreEnds.AddRange([a, b]);
        }

        var accessEnds = new List<int>();
        for (var i = core; i < core + aggregation; i++)
        {
            draft.SetTier(i, 1);
            var first = coreEnds[random.Next(coreEnds.Count)];
            draft.Join(first, i);
            var second = coreEnds[random.Next(coreEnds.Count)];
            if (!draft.TryJoin(second, i))
                draft.Join(second = (first + 1) % core, i);
            coreEnds.AddRange([first, second]);
            accessEnds.Add(i);
        }

        for (var i = core + aggregation; i < draft.Nodes; i++)
        {
            var above = accessEnds[random.Next(accessEnds.Count)];
            var tier = draft.TierOf(above) + 1;
            draft.SetTier(i, tier);
            draft.Join(above, i);
            accessEnds.Add(above);
            if (tier < LastTier)
                accessEnds.Add(i);
        }
    }
}
