using Acp.Core;
using Acp.Linux.DataPlane;
using Acp.Linux.Sockets;
using Acp.Wire;

namespace Acp.Lab.Remote;

/// <summary>Keeps what a data plane tells of the host's network.</summary>
internal sealed class HostNews : IDataPlaneNews
{
    private readonly List<(ChannelId Channel, uint Spi, ushort Port)> _moves = [];
    private readonly List<(ReceivedDatagram From, byte[] Datagram)> _ike = [];

    public IReadOnlyList<(ChannelId Channel, uint Spi, ushort Port)> Moves
    {
        get
        {
            lock (_moves)
                return [.. _moves];
        }
    }

    public IReadOnlyList<(ReceivedDatagram From, byte[] Datagram)> Ike
    {
        get
        {
            lock (_ike)
                return [.. _ike];
        }
    }

    public void PeerMoved(ChannelId channel, uint inboundSpi, ushort remotePort)
    {
        lock (_moves)
            _moves.Add((channel, inboundSpi, remotePort));
    }

    public void IkeArrived(ReceivedDatagram source, byte[] datagram)
    {
        lock (_ike)
            _ike.Add((source, datagram));
    }

    public void LifetimeNear(ChannelId channel, uint inboundSpi)
    {
    }

    public void LifetimeOver(ChannelId channel, uint inboundSpi)
    {
    }

    public void UnknownSpi(LinkId link, Ipv6Address source, uint spi)
    {
    }

    public void ChannelBroken(ChannelId channel, string reason)
    {
    }
}
