using Acp.Core;

namespace Acp.Simulation.Topologies;

/// <summary>
/// Watts and Strogatz, 1998, with k = 4 and β = 0.1: a ring in which each box is also joined to its next but one, and one in ten
/// of these longer links leads anywhere instead. Links between neighbours stay, so that it cannot fall apart.
/// </summary>
public sealed class SmallWorldTopology : TopologyGenerator
{
    /// <summary>Of so many longer links, one is rewired.</summary>
    private const int RewireOneOf = 10;

    public override string Name => "small-world";

    public override string Description => "Watts–Strogatz: a ring of fours with shortcuts";

    public override int LeastNodes => 5;

    private protected override void Draw(TopologyDraft draft, RandomSource random)
    {
        for (var i = 0; i < draft.Nodes; i++)
            draft.Join(i, (i + 1) % draft.Nodes);
        for (var i = 0; i < draft.Nodes; i++)
        {
            var rewired = random.Next(RewireOneOf) == 0 && draft.TryJoin(i, random.Next(draft.Nodes));
            if (!rewired)
                draft.TryJoin(i, (i + 2) % draft.Nodes);
        }
    }
}
