using Acp.Core;
using Acp.Core.Esp;
using Acp.Linux.Tun;
using Acp.Wire;

namespace Acp.Linux.DataPlane;

/// <summary>A receiving SA, the outer addresses it is for, and where its packets go. What can be set is the inbound pump's alone (in the host's network under a lock).</summary>
internal sealed record InboundSa(
    ChannelId Channel, EspInboundSa Sa, Ipv6Address Local, Ipv6Address Remote, TunDevice Tun, PumpCounters Counters)
{
    /// <summary>For ESP in UDP: what the peer last sent from; else 0.</summary>
    public ushort Port { get; set; }

    public bool LifetimeReported { get; set; }

    public bool EndReported { get; set; }
}
