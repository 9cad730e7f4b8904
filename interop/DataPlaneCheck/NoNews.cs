using Acp.Core;
using Acp.Linux.DataPlane;
using Acp.Wire;

namespace Acp.Interop.DataPlaneCheck;

/// <summary>Prints what should not happen here, so that a failed check explains itself.</summary>
internal sealed class NoNews : IDataPlaneNews
{
    public void LifetimeNear(ChannelId channel, uint inboundSpi)
    {
    }

    public void LifetimeOver(ChannelId channel, uint inboundSpi)
    {
    }

    public void UnknownSpi(LinkId link, Ipv6Address source, uint spi) => Console.WriteLine($"       unknown SPI {spi:x8} on {link}");

    public void ChannelBroken(ChannelId channel, string reason) => Console.WriteLine($"       {channel} broke: {reason}");
}
