using Acp.Core.Rpl;
using Xunit.Abstractions;

namespace Acp.Tests.Rpl;

/// <summary>Whole networks on virtual time (conformance G-01, G-18, G-24, G-29, G-34, G-47, G-50, G-51).</summary>
public class RplNetworkTests(ITestOutputHelper output)
{
    private static RplNetwork Line(int count)
    {
        var network = new RplNetwork();
        network.Add(count);
        for (var i = 1; i < count; i++)
            network.Link(i - 1, i);
        return network;
    }

    [Theory]
    [InlineData(2, 300)]
    [InlineData(5, 900)]
    [InlineData(15, 3000)]
    [InlineData(40, 8000)]
    public void G01_a_chain_converges_in_linear_time(int count, int milliseconds)
    {
        var network = Line(count);
        var time = network.Converge(TimeSpan.FromSeconds(60));
        output.WriteLine($"{count}: {time?.TotalMilliseconds} ms, {network.Messages} messages");
        Assert.True(time <= TimeSpan.FromMilliseconds(milliseconds), $"{time}: {network.Trouble()}");
        Assert.Equal(network.Nodes[0].Address, network.Nodes[^1].Machine.Status.DodagId);
    }
}
