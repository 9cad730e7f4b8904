using System.Globalization;
using Acp.Core;
using Acp.Simulation;
using Acp.Simulation.Schedules;
using Acp.Simulation.Topologies;
using Xunit.Abstractions;
using SimulatedNetwork = Acp.Simulation.Simulation;

namespace Acp.Sim;

/// <summary>
/// A hundred nodes for a long time: hourly child rekeys, daily IKE rekeys, new certificates, and a flap a minute somewhere. Every
/// day an hour and a half of it; <c>ACPD_SIM_DAYS=30</c> for more.
/// </summary>
public class LongRunTests(ITestOutputHelper output)
{
    private const double EverydayDays = 1.5 / 24;

    [Fact]
    public void G50_D40_pairs_are_apart_only_when_the_topology_is_or_for_three_seconds_after_a_failure()
    {
        var days = double.TryParse(Environment.GetEnvironmentVariable("ACPD_SIM_DAYS"), NumberStyles.Float, CultureInfo.InvariantCulture, out var asked) ? asked : EverydayDays;
        Assert.True(TopologyCatalog.TryFind("random", out var generator));
        var topology = generator.Generate(new TopologyRequest(100, 6));
        var report = new SimulatedNetwork(new SimulationOptions
        {
            Topology = topology,
            Seed = 6,
            Schedule = FlapAMinute(topology, TimeSpan.FromDays(days)),
            SampleEvery = TimeSpan.FromMinutes(1),
            Limits = new SimulationLimits { Outage = TimeSpan.FromSeconds(3) },
        }).Run();
        output.WriteLine($"{days} days: {report.Events} events, {report.Disturbances.Count} disturbances, longest recovery {report.Disturbances.Max(d => d.Recovery)}");
        SimulationTests.AssertPassed(report);
    }

    private static Schedule FlapAMinute(Topology topology, TimeSpan duration)
    {
        var random = new SeededRandom(66);
        var events = new List<SimulationEvent>();
        for (var at = TimeSpan.Zero; at < duration; at += TimeSpan.FromMinutes(1))
        {
            var link = random.Next(topology.Edges.Count);
            var down = at + random.NextSpan(TimeSpan.FromSeconds(20));
            events.Add(new SimulationEvent.LinkDown(down, link));
            events.Add(new SimulationEvent.LinkUp(down + TimeSpan.FromSeconds(5) + random.NextSpan(TimeSpan.FromSeconds(15)), link));
            // Each node about every ten days.
            if (random.Next(144) == 0)
                events.Add(new SimulationEvent.RenewCertificate(at + TimeSpan.FromSeconds(50), random.Next(topology.Nodes)));
        }

        return new Schedule(events);
    }
}
