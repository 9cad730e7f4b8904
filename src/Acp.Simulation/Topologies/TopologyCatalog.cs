using System.Diagnostics.CodeAnalysis;

namespace Acp.Simulation.Topologies;

/// <summary>Every kind of topology that can be asked for by name.</summary>
public static class TopologyCatalog
{
    public static IReadOnlyList<TopologyGenerator> All { get; } =
    [
        new LineTopology(),
        new RingTopology(),
        new StarTopology(),
        new MeshTopology(),
        new BinaryTreeTopology(),
        new RandomTreeTopology(),
        new RandomTopology(),
        new GridTopology(),
        new SmallWorldTopology(),
        new LeafSpineTopology(),
        new FatTreeTopology(),
        new IspTopology(),
    ];

    public static bool TryFind(string name, [NotNullWhen(true)] out TopologyGenerator? generator)
    {
        generator = null;
        foreach (var one in All)
        {
            if (one.Name == name)
                generator = one;
        }

        return generator is not null;
    }
}
