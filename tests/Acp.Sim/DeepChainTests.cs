using Acp.Simulation;
using Xunit.Abstractions;
using SimulatedNetwork = Acp.Simulation.Simulation;

namespace Acp.Sim;

/// <summary>Chains that are deeper than OF0's defaults would allow. <c>ACPD_SIM_CHAIN=1000</c> for a long one.</summary>
public class DeepChainTests(ITestOutputHelper output)
{
    private const int EverydayLength = 200;

    [Fact]
    public void G16_a_long_chain_routes_from_end_to_end()
    {
        var length = int.TryParse(Environment.GetEnvironmentVariable("ACPD_SIM_CHAIN"), out var asked) ? asked : EverydayLength;
        Check(length, new LinkQuality());
    }

    [Theory]
    [InlineData(85)]
    [InlineData(300)]
    public void G16_G25_a_chain_of_slow_links_routes_from_end_to_end(int length) => Check(length, new LinkQuality { BitsPerSecond = 10_000_000 });

    private void Check(int length, LinkQuality quality)
    {
        var network = new SimulatedNetwork(new SimulationOptions { Topology = Networks.LineOf(length, quality), Seed = 1 });
        var report = network.Run();
        output.WriteLine($"{length} nodes of {quality.BitsPerSecond} bit/s: {report.TimeToConverge}, last rank {report.Nodes[^1].Rank}");
        SimulationTests.AssertPassed(report);
        Assert.Equal(length - 1, report.Depth);
        Assert.Equal(length - 1, network.Hops(network.Nodes[0], network.Nodes[^1]));
        Assert.Equal(length - 1, network.Hops(network.Nodes[^1], network.Nodes[0]));
    }
}
