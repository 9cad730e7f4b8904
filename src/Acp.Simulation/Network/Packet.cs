using Acp.Simulation.Clock;
using Acp.Simulation.Reports;
using Acp.Wire;

namespace Acp.Simulation.Network;

/// <summary>A packet on its way over a link. It may arrive twice.</summary>
/// <param name="from">The end that sent it.</param>
/// <param name="sender">The child SA that seals it; null outside channels.</param>
/// <param name="destination">Outside channels, the address on the link; in one, the address inside.</param>
internal sealed class Packet(
    SimulatedPort from, MessageKind kind, SimulatedChildSa? sender, Ipv6Address source, Ipv6Address destination,
    ushort sourcePort, ushort destinationPort, ReadOnlyMemory<byte> payload) : SimulatedEvent
{
    /// <summary>How often the link had come up when it was sent: what was on a link that went down is lost.</summary>
    private readonly int _era = from.Link.Era;

    public SimulatedPort From => from;

    public MessageKind Kind => kind;

    public SimulatedChildSa? Sender => sender;

    public Ipv6Address Source => source;

    public Ipv6Address Destination => destination;

    public ushort SourcePort => sourcePort;

    public ushort DestinationPort => destinationPort;

    public ReadOnlyMemory<byte> Payload => payload;

    public Packet Copy() => new(from, kind, sender, source, destination, sourcePort, destinationPort, payload);

    public override void Happen()
    {
        var link = from.Link;
        if (!link.IsUp || link.IsSilent || link.Era != _era)
            link.Lost++;
        else
            link.Opposite(from).Node.Receive(this, link.Opposite(from));
    }
}
