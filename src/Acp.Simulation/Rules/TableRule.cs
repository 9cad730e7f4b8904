using Acp.Simulation.Network;

namespace Acp.Simulation.Rules;

/// <summary>No table of a node grows beyond what its links and the number of nodes explain.</summary>
internal sealed class TableRule : Rule
{
    /// <summary>Growth is slow.</summary>
    private const int CheckEvery = 10;

    private int _checks;

    public override string Name => "tables within bounds";

    public override IEnumerable<Finding> Check(Simulation simulation)
    {
        if (++_checks % CheckEvery != 0)
            return [];
        return FindingsOf(simulation, Grown);
    }

    /// <summary>Each single SA is looked at only now: that is dear.</summary>
    public override IEnumerable<Finding> CheckQuiet(Simulation simulation) => FindingsOf(simulation, Endless);

    private static IEnumerable<Finding> FindingsOf(Simulation simulation, Func<Simulation, SimulatedNode, IEnumerable<string>> look)
    {
        foreach (var node in simulation.Nodes)
        {
            if (!node.IsRunning)
                continue;
            foreach (var text in look(simulation, node))
                yield return new Finding($"{node.Name} holds {text}", [node.Number]);
        }
    }

    private static IEnumerable<string> Endless(Simulation simulation, SimulatedNode node)
    {
        if (node.Node.Ikev2.Inventory.WithoutDeadline is > 0 and var endless)
            yield return $"{endless} IKE SAs that nothing would ever end";
    }

    private static IEnumerable<string> Grown(Simulation simulation, SimulatedNode node)
    {
        var links = node.Ports.Count;
        var machine = node.Node;
        var ike = machine.Ikev2;
        if (ike.IkeSaCount > simulation.Options.Limits.IkeSasPerLink * links)
            yield return $"{ike.IkeSaCount} IKE SAs on {links} links";
        if (ike.ChannelCount > links)
            yield return $"{ike.ChannelCount} channels on {links} links";
        if (machine.Adjacencies.Count > links)
            yield return $"{machine.Adjacencies.Count} adjacencies on {links} links";
        if (machine.Grasp.SessionCount > 4 * links)
            yield return $"{machine.Grasp.SessionCount} GRASP sessions on {links} links";
        if (node.Routes.Count > simulation.Nodes.Count)
            yield return $"{node.Routes.Count} routes in a network of {simulation.Nodes.Count} nodes";
    }
}
