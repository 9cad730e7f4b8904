using Acp.Asa;
using Acp.Asa.Embedded;
using Acp.Wire;

namespace AsaSamples;

/// <summary>A thousand copies of an agent elect the one with the highest number, on virtual time.</summary>
internal static class Simulation
{
    private static readonly Objective Leader = Objective.Synchronizable("example:leader") with { LoopCount = 255 };

    public static void Run(int count, Action<string> print)
    {
        // The seed decides all that is left to chance: the same seed, the same run.
        var network = SimulatedGrasp.Tree(count, seed: 2026);
        foreach (var link in network.Links)
            link.Loss = 0.001;

        var believed = new long[count];
        network.Run(async () =>
        {
            foreach (var node in network.Nodes)
                _ = AgentAsync(node.Api, node.Address, node.Number, (count - node.Number) * 20, network.Time, leader => believed[node.Number] = leader);

            // Ten minutes, which take as long as the computing in them does.
            await Task.Delay(TimeSpan.FromMinutes(10), network.Time);
        });
        print($"{believed.Count(b => b == count - 1)} of {count} follow {count - 1}");
    }

    /// <summary>It takes a clock, and so its test need not wait: <c>TimeProvider.System</c> in production.</summary>
    private static async Task AgentAsync(GraspApi grasp, Ipv6Address self, int number, int modesty, TimeProvider time, Action<long> follow)
    {
        var asa = await grasp.RegisterAsaAsync("elector");
        await asa.RegisterObjectiveAsync(Leader);

        // The better ones speak first, and most of the others need not.
        await Task.Delay(TimeSpan.FromMilliseconds(modesty), time);
        while (true)
        {
            var floods = await asa.GetFloodAsync(Leader.Name);
            var leader = floods.Select(f => f.Objective.Value.ToInt64()).Append(number).Max();
            follow(leader);
            // Who knows of nobody higher says so, once a minute. Of each locator one copy is kept: with its own, no other's takes its place.
            if (leader == number)
                await asa.FloodAsync(TimeSpan.FromSeconds(210), [new TaggedObjective(Leader with { Value = number }, AsaLocator.Tcp(self, 7017).Locator)]);
            await Task.Delay(TimeSpan.FromMinutes(1), time);
        }
    }
}
