using Acp.Asa.Embedded;
using Acp.Linux.Namespaces;
using AsaSamples;

namespace Acp.Tests.Docs;

/// <summary>The examples of docs/asa do what their pages say.</summary>
public class SamplesTests
{
    private readonly SimulatedGrasp _network = SimulatedGrasp.Line(3);
    private readonly List<string> _lines = [];

    [Fact]
    public void Registration_works() => Runs(
        "registration",
        () => Registration.RunAsync(_network.Nodes[0].Api, _lines.Add));

    [Fact]
    public void Discovery_works() => Runs("discovery", () => Discovery.RunAsync(_network.Nodes[0].Api, _network.Nodes[2].Api, _lines.Add));

    [Fact]
    public void Negotiation_works() => Runs("negotiation", () => Negotiation.RunAsync(_network.Nodes[0].Api, _network.Nodes[2].Api, _lines.Add));

    [Fact]
    public void Synchronization_works() =>
        Runs("synchronization", () => Synchronization.RunAsync(_network.Nodes[0].Api, _network.Nodes[2].Api, _lines.Add));

    [Fact]
    public void Flooding_works() => Runs("flooding", () => Flooding.RunAsync(_network.Nodes[0].Api, _network.Nodes[2].Api, _network.Time, _lines.Add));

    [Fact]
    public void Watching_works() => Runs("watching", () => Watching.RunAsync(_network.Nodes[0].Api, _network.Nodes[2].Api, _lines.Add));

    [Fact]
    public void Dumping_works() => Runs("dump", () => Dumping.RunAsync(_network.Nodes[0].Api, _lines.Add));

    [Fact]
    public void Free_exchange_works() => Runs("free-exchange", () => FreeExchange.RunAsync(_network.Nodes[0].Api, _network.Nodes[2].Api, _lines.Add));

    [Fact]
    public void Errors_work() => Runs("errors", () => Errors.RunAsync(_network.Nodes[0].Api, _lines.Add));

    [Fact]
    public async Task Every_engine_works()
    {
        using var here = NetworkNamespace.CreateUnnamed();
        await Engines.EmbeddedAsync(new GraspNodeOptions { Namespace = here }, _lines.Add).WaitAsync(TimeSpan.FromMinutes(1));
        Engines.Simulated(_lines.Add);
        Assert.Equal(["here", "here"], _lines);
    }

    [Fact]
    public void A_thousand_agents_work()
    {
        AsaSamples.Simulation.Run(1000, _lines.Add);
        Assert.Equal(DocPage.Of("simulation").Output, _lines);
    }

    private void Runs(string page, Func<Task> work)
    {
        _network.Run(work);
        Assert.Equal(DocPage.Of(page).Output, _lines);
    }
}
