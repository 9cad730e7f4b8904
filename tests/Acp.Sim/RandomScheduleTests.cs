using System.Globalization;
using Acp.Simulation;
using Acp.Simulation.Reports;
using Acp.Simulation.Schedules;
using Acp.Simulation.Topologies;
using Xunit.Abstractions;
using SimulatedNetwork = Acp.Simulation.Simulation;

namespace Acp.Sim;

/// <summary>
/// Networks to which much happens, under many seeds: 5% loss, 30 flaps, 5 crashes, 2 partitions, each; all rules hold. Every day a
/// few seeds; <c>ACPD_SIM_SEEDS=500</c> for more, <c>ACPD_SIM_FIRST_SEED=17</c> to begin with another one.
/// </summary>
public class RandomScheduleTests(ITestOutputHelper output)
{
    private const int EverydaySeeds = 4;

    [Fact]
    public void G24_G34_G50_G51_whatever_happens_all_rules_hold_and_all_pairs_route_again()
    {
        var first = Setting("ACPD_SIM_FIRST_SEED", 1);
        var count = Setting("ACPD_SIM_SEEDS", EverydaySeeds);
        var recoveries = new List<TimeSpan>();
        var broken = new List<string>();
        for (var seed = (ulong)first; seed < (ulong)(first + count); seed++)
        {
            var report = Run(seed);
            if (report.TimeToReconverge is { } recovery)
                recoveries.Add(recovery);
            if (!report.Passed)
                broken.Add($"seed {seed}: {report.PairsFailed} of {report.PairsChecked} pairs fail\n{string.Join('\n', report.Failures)}\n{string.Join("\n\n", report.Breaches)}");
        }

        recoveries.Sort();
        if (recoveries.Count > 0)
            output.WriteLine($"{count} seeds, {broken.Count} broken; reconvergence: median {recoveries[recoveries.Count / 2]}, 99% {recoveries[recoveries.Count * 99 / 100]}, longest {recoveries[^1]}");
        Assert.True(broken.Count == 0, $"{broken.Count} of {count} seeds:\n{string.Join("\n\n", broken.Take(5))}");
    }

    [Fact]
    public void A_schedule_depends_on_its_seed_alone()
    {
        var topology = Networks.RingOf(20);
        Assert.Equal(Text(3), Text(3));
        Assert.NotEqual(Text(3), Text(4));

        string Text(ulong seed) => string.Join('\n', RandomSchedule.Create(topology, seed, new RandomScheduleOptions()).Events);
    }

    private static SimulationReport Run(ulong seed)
    {
        Assert.True(TopologyCatalog.TryFind("random", out var generator));
        var topology = generator.Generate(new TopologyRequest(50 + (int)(seed * 7919 % 151), seed) { Quality = new LinkQuality { Loss = 0.05 } });
        return new SimulatedNetwork(new SimulationOptions
        {
            Topology = topology,
            Seed = seed,
            Schedule = RandomSchedule.Create(topology, seed, new RandomScheduleOptions()),
        }).Run();
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
