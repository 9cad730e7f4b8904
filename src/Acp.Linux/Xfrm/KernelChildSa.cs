using Acp.Wire;

namespace Acp.Linux.Xfrm;

/// <summary>By what the kernel finds the two states of one child SA. The keys are the kernel's alone, but for an outbound state held back.</summary>
internal sealed class KernelChildSa(uint inboundSpi, Ipv6Address local, uint outboundSpi, Ipv6Address remote)
{
    public uint InboundSpi { get; } = inboundSpi;

    public Ipv6Address Local { get; } = local;

    public uint OutboundSpi { get; } = outboundSpi;

    public Ipv6Address Remote { get; } = remote;

    /// <summary>The outbound state, until it is to send.</summary>
    public KernelHeldState? Held { get; set; }
}
