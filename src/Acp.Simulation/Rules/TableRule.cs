using Acp.Simulation.Network;

namespace Acp.Simulation.Rules;

/// <summary>No table of a node grows beyond what its links and the number of nodes explain.</summary>
internal sealed class TableRule : Rule
{
    /// <summary>Looking at all tables is dear; growth is slow.</summary>
    private const int CheckEvery = 10;

    private int _checks;

    public override string Name => "tables within bounds";

    public override IEnumerable<Finding> Check(Simulation simulation)
    {
        if (++_checks % CheckEvery != 0)
            return [];
        return simulation.Nodes.Where(n => n.IsRunning)
            .SelectMany(node => Grown(simulation, node).Select(text => new Finding($"{node.Name} holds {text}", [node.Number])));
    }

    private static IEnumerable<string> Grown(Simulation simulation, SimulatedNode node)
    {
        var links = node.Ports.Count;
        var machine = node.Node;
        var ike = machine.Ikev2.Inventory;
        if (ike.IkeSas > simulation.Options.Limits.IkeSasPerLink * links)
            yield return $"{ike.IkeSas} IKE SAs on {links} links";
        if (ike.WithoutDeadline > 0)
            yield return $"{ike.WithoutDeadline} IKE SAs that nothing would ever end";
        if (ike.Channels > links)
            yield return $"{ike.Channels} channels on {links} links";
        if (machine.Adjacencies.Count > links)
            yield return $"{machine.Adjacencies.Count} adjacencies on {links} links";
        if (machine.Grasp.SessionCount > 4 * links)
            yield return $"{machine.Grasp.SessionCount} GRASP sessions on {links} links";
        if (node.Routes.Count > simulation.Nodes.Count)
            yield return $"{node.Routes.Count} routes in a network of {simulation.Nodes.Count} nodes";
    }
}
