using Acp.Core.Esp;

namespace Acp.Linux.DataPlane;

/// <summary>A sending SA and the name of its pair. The flag is the outbound pump's alone.</summary>
internal sealed class OutboundSa(EspOutboundSa sa, uint inboundSpi)
{
    public EspOutboundSa Sa { get; } = sa;

    public uint InboundSpi { get; } = inboundSpi;

    public bool LifetimeReported { get; set; }
}
