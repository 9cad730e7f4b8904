using System.Collections.Concurrent;
using Acp.Core;
using Acp.Linux.DataPlane;
using Acp.Wire;

namespace Acp.Lab;

/// <summary>Keeps the news of a data plane for assertions.</summary>
public sealed class RecordingNews : IDataPlaneNews
{
    public ConcurrentQueue<(ChannelId Channel, uint InboundSpi)> Lifetimes { get; } = new();

    public ConcurrentQueue<(LinkId Link, Ipv6Address Source, uint Spi)> UnknownSpis { get; } = new();

    public ConcurrentQueue<(ChannelId Channel, string Reason)> Broken { get; } = new();

    public void LifetimeNear(ChannelId channel, uint inboundSpi) => Lifetimes.Enqueue((channel, inboundSpi));

    public ConcurrentQueue<(ChannelId Channel, uint InboundSpi)> LifetimesOver { get; } = new();

    public void LifetimeOver(ChannelId channel, uint inboundSpi) => LifetimesOver.Enqueue((channel, inboundSpi));

    public void UnknownSpi(LinkId link, Ipv6Address source, uint spi) => UnknownSpis.Enqueue((link, source, spi));

    public void ChannelBroken(ChannelId channel, string reason) => Broken.Enqueue((channel, reason));
}
