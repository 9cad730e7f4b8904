using Acp.Simulation.Network;

namespace Acp.Simulation.Rules;

/// <summary>When all is quiet, a link that works between two members has one channel with one child SA, the same at both ends; any other link none.</summary>
internal sealed class ChildSaRule : Rule
{
    public override string Name => "one child SA";

    public override IEnumerable<Finding> CheckQuiet(Simulation simulation)
    {
        foreach (var link in simulation.Links)
        {
            var wanted = link.IsWhole && Simulation.IsMember(link.A.Node) && Simulation.IsMember(link.B.Node);
            foreach (var port in new[] { link.A, link.B })
            {
                if (Wrong(port, wanted) is { } wrong)
                    yield return new Finding($"{port.Node.Name}, link {link.Number} to {link.Opposite(port).Node.Name}: {wrong}", [port.Node.Number, link.Opposite(port).Node.Number]);
            }
        }
    }

    private static string? Wrong(SimulatedPort port, bool wanted)
    {
        if (!wanted)
            return port.Channels.Count > 0 ? "there is a channel, and nobody at its other end" : null;
        if (port.Channels is not [var channel])
            return $"{port.Channels.Count} channels";
        if (channel.ChildSas.Count != 1)
            return $"{channel.ChildSas.Count} child SAs in {channel.Spec.Channel}";
        return port.Node.OtherEnd(channel.Spec.Channel) is null ? $"what is sent into {channel.Spec.Channel} does not arrive" : null;
    }
}
