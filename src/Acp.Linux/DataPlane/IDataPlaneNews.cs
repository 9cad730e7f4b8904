using Acp.Core;
using Acp.Linux.Sockets;
using Acp.Wire;

namespace Acp.Linux.DataPlane;

/// <summary>What the pumps tell the loop. Called from any thread; implementations hand it to the loop and return at once.</summary>
public interface IDataPlaneNews
{
    /// <summary>Sequence numbers or octets of this SA run low: rekey soon (RFC 4303 §3.3.3).</summary>
    void LifetimeNear(ChannelId channel, uint inboundSpi);

    /// <summary>This SA reached a hard limit: one of its directions carries nothing any more.</summary>
    void LifetimeOver(ChannelId channel, uint inboundSpi);

    /// <summary>ESP for an SPI nobody installed arrived on a link. Rate-limited by the caller; a hint, never a proof (D-45).</summary>
    void UnknownSpi(LinkId link, Ipv6Address source, uint spi);

    /// <summary>IKE came to the port that ESP in UDP shares; <paramref name="datagram"/>, marker included, is the receiver's.</summary>
    void IkeArrived(ReceivedDatagram source, byte[] datagram)
    {
    }

    /// <summary>
    /// ESP in UDP, authentic and newer than all before, came from another port than it did: the NAT before the peer changed
    /// its mapping (RFC 7296 §2.23).
    /// </summary>
    void PeerMoved(ChannelId channel, uint inboundSpi, ushort remotePort)
    {
    }

    /// <summary>A pump stopped because of the system (TUN or socket gone); the channel is dead.</summary>
    void ChannelBroken(ChannelId channel, string reason);
}
