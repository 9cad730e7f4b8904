using Acp.Core;
using Acp.Simulation.Topologies;

namespace Acp.Simulation.Schedules;

/// <summary>Draws up schedules by chance: the same topology, seed and options give the same one.</summary>
public static class RandomSchedule
{
    /// <summary>Keeps these dice apart from those of the simulation that has the same seed.</summary>
    private const ulong Salt = 0x7363_6865_6475_6c65;

    public static Schedule Create(Topology topology, ulong seed, RandomScheduleOptions options)
    {
        var random = new SeededRandom(seed ^ Salt);
        var events = new List<SimulationEvent>();
        for (var i = 0; i < options.Flaps && topology.Edges.Count > 0; i++)
            Flap(events, random, options, random.Next(topology.Edges.Count));
        for (var i = 0; i < options.Crashes; i++)
        {
            var at = random.NextSpan(options.Duration);
            var node = random.Next(topology.Nodes);
            events.Add(new SimulationEvent.NodeCrash(at, node));
            events.Add(new SimulationEvent.NodeStart(at + random.NextSpan(options.LongestOff), node));
        }

        for (var i = 0; i < options.Partitions; i++)
        {
            // Each has its own part of the time, since all of them heal together.
            var slot = options.Duration / options.Partitions;
            var begin = slot * i + random.NextSpan(slot / 2);
            events.Add(new SimulationEvent.Partition(begin, Part(topology, random), Chance(random, options.Silent)));
            events.Add(new SimulationEvent.Heal(begin + random.NextSpan(slot / 2)));
        }

        for (var i = 0; i < options.Renewals; i++)
            events.Add(new SimulationEvent.RenewCertificate(random.NextSpan(options.Duration), random.Next(topology.Nodes)));
        return new Schedule(events);
    }

    private static void Flap(List<SimulationEvent> events, SeededRandom random, RandomScheduleOptions options, int link)
    {
        var at = random.NextSpan(options.Duration);
        events.Add(Chance(random, options.Silent) ? new SimulationEvent.LinkSilent(at, link) : new SimulationEvent.LinkDown(at, link));
        events.Add(new SimulationEvent.LinkUp(at + random.NextSpan(options.LongestFlap), link));
    }

    /// <summary>A node and those around it, up to half of all.</summary>
    private static List<int> Part(Topology topology, SeededRandom random)
    {
        var neighbors = new List<int>[topology.Nodes];
        for (var i = 0; i < neighbors.Length; i++)
            neighbors[i] = [];
        foreach (var edge in topology.Edges)
        {
            neighbors[edge.A].Add(edge.B);
            neighbors[edge.B].Add(edge.A);
        }

        var size = 1 + random.Next(Math.Max(1, topology.Nodes / 2));
        var part = new List<int> { random.Next(topology.Nodes) };
        var inside = part.ToHashSet();
        for (var i = 0; i < part.Count && part.Count < size; i++)
        {
            foreach (var neighbor in neighbors[part[i]])
            {
                if (part.Count < size && inside.Add(neighbor))
                    part.Add(neighbor);
            }
        }

        return part;
    }

    private static bool Chance(SeededRandom random, double part) => random.NextUInt32() < part * uint.MaxValue;
}
