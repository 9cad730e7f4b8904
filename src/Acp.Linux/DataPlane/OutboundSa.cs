using Acp.Core.Esp;

namespace Acp.Linux.DataPlane;

/// <summary>A sending SA, where it sends to, and the name of its pair. The flags are the outbound pump's alone.</summary>
internal sealed class OutboundSa(EspOutboundSa sa, uint inboundSpi, UserspaceLink link, EspDestination destination)
{
    private EspDestination _destination = destination;

    /// <summary>What receives its pair.</summary>
    public UserspaceLink Link { get; } = link;

    /// <summary>Replaced by the loop, read by the pump once per batch.</summary>
    public EspDestination Destination
    {
        get => Volatile.Read(ref _destination);
        set => Volatile.Write(ref _destination, value);
    }

    public EspOutboundSa Sa { get; } = sa;

    public uint InboundSpi { get; } = inboundSpi;

    public bool LifetimeReported { get; set; }

    public bool EndReported { get; set; }
}
