using Acp.Wire;

namespace Acp.Linux.Xfrm;

/// <summary>By what the kernel finds the two states of one child SA. The keys are the kernel's alone by now.</summary>
internal sealed record KernelChildSa(uint InboundSpi, Ipv6Address Local, uint OutboundSpi, Ipv6Address Remote);
