using System.Collections.Concurrent;
using Acp.Core;
using Acp.Linux.DataPlane;
using Acp.Wire;

namespace Acp.Interop.DataPlaneCheck;

/// <summary>Keeps the news of lifetimes, and prints what should not happen here, so that a failed check explains itself.</summary>
internal sealed class NoNews : IDataPlaneNews
{
    /// <summary>Inbound SPIs of child SAs that reached a soft limit.</summary>
    public ConcurrentQueue<uint> Near { get; } = new();

    /// <summary>The same for a hard limit.</summary>
    public ConcurrentQueue<uint> Over { get; } = new();

    public void LifetimeNear(ChannelId channel, uint inboundSpi) => Near.Enqueue(inboundSpi);

    public void LifetimeOver(ChannelId channel, uint inboundSpi) => Over.Enqueue(inboundSpi);

    public void UnknownSpi(LinkId link, Ipv6Address source, uint spi) => Console.WriteLine($"       unknown SPI {spi:x8} on {link}");

    public void ChannelBroken(ChannelId channel, string reason) => Console.WriteLine($"       {channel} broke: {reason}");
}
