using Acp.Asa;
using Acp.Asa.Embedded;

namespace AsaSamples;

/// <summary>The same agent, whose engine it does not know.</summary>
internal static class Engines
{
    /// <summary>Attached: the engine of the acpd that runs on this box, and with it the ACP.</summary>
    public static async Task AttachedAsync(Action<string> print)
    {
        await using var grasp = await GraspApi.AttachAsync();
        await grasp.WaitUntilOperationalAsync();
        await AgentAsync(grasp, print);
    }

    /// <summary>Embedded: an engine in this process, on a network that is trusted as it is. Needs CAP_NET_RAW.</summary>
    public static async Task EmbeddedAsync(GraspNodeOptions options, Action<string> print)
    {
        await using var node = GraspNode.Start(options);
        await AgentAsync(node.Api, print);
    }

    /// <summary>Simulated: no network at all.</summary>
    public static void Simulated(Action<string> print)
    {
        var network = SimulatedGrasp.Line(1);
        network.Run(() => AgentAsync(network.Nodes[0].Api, print));
    }

    private static async Task AgentAsync(GraspApi grasp, Action<string> print)
    {
        await using var asa = await grasp.RegisterAsaAsync("agent");
        var objective = Objective.Synchronizable("example:where");
        await asa.RegisterObjectiveAsync(objective);
        await asa.FloodAsync(TimeSpan.FromMinutes(1), objective with { Value = "here" });
        print((await asa.SynchronizeAsync(objective)).Value.ToText());
    }
}
