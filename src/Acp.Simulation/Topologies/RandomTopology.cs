using Acp.Core;

namespace Acp.Simulation.Topologies;

/// <summary>A random tree, and half as many links again between random pairs: most boxes can lose any one link.</summary>
public sealed class RandomTopology : TopologyGenerator
{
    public override string Name => "random";

    public override string Description => "a random tree and half as many links again, anywhere";

    private protected override void Draw(TopologyDraft draft, RandomSource random)
    {
        RandomTreeTopology.Grow(draft, random);
        // Few boxes may have no room for so many: each is tried once.
        for (var i = 0; i < draft.Nodes / 2; i++)
            draft.TryJoin(random.Next(draft.Nodes), random.Next(draft.Nodes));
    }
}
