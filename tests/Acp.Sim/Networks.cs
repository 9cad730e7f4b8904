using Acp.Core.Time;
using Acp.Linux.Crypto;
using Acp.Simulation;
using Acp.Simulation.Topologies;
using SimulatedNetwork = Acp.Simulation.Simulation;

namespace Acp.Sim;

/// <summary>Small networks for tests: real crypto, and every fact kept.</summary>
internal static class Networks
{
    public static SimulatedNetwork Line(int length, ulong seed, LinkQuality? quality = null) => new(Small(LineOf(length, quality), seed));

    public static SimulatedNetwork Ring(int length, ulong seed) => new(Small(RingOf(length), seed));

    public static SimulatedNetwork PowerOn(SimulatedNetwork network)
    {
        network.PowerOn();
        return network;
    }

    public static SimulationOptions Small(Topology topology, ulong seed) => new()
    {
        Topology = topology,
        Seed = seed,
        Crypto = _ => new PlatformIkeCrypto(),
        FactsPerNode = int.MaxValue,
        // An arbitrary point of an arbitrary boot, so that a stray look at a real clock shows.
        Start = new Instant(987_654_321_000_000_000),
    };

    public static Topology LineOf(int length, LinkQuality? quality = null) =>
        new("line", length, [.. Enumerable.Range(1, length - 1).Select(i => new TopologyEdge(i - 1, i, quality ?? new LinkQuality()))]);

    public static Topology RingOf(int length) =>
        new("ring", length, [.. Enumerable.Range(0, length).Select(i => new TopologyEdge(i, (i + 1) % length, new LinkQuality()))]);

    /// <summary>Each node but the first joins one of those before it.</summary>
    public static Topology RandomTreeOf(int nodes, ulong seed)
    {
        var random = new Acp.Core.SeededRandom(seed);
        return new("random-tree", nodes, [.. Enumerable.Range(1, nodes - 1).Select(i => new TopologyEdge(random.Next(i), i, new LinkQuality()))]);
    }
}
