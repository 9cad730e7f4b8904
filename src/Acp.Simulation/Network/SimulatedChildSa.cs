using Acp.Core;
using Acp.Simulation.Toy;
using Acp.Wire;

namespace Acp.Simulation.Network;

/// <summary>
/// One child SA as a data plane holds it. Of its keys only a hash is kept: a packet is opened by whoever has the SPI and the same
/// key, as on a real wire.
/// </summary>
public sealed class SimulatedChildSa
{
    /// <summary>Takes the parameters, and wipes their keys.</summary>
    internal SimulatedChildSa(ChildSaParameters parameters)
    {
        InboundSpi = parameters.InboundSpi;
        OutboundSpi = parameters.OutboundSpi;
        Local = parameters.Local;
        Remote = parameters.Remote;
        InboundKey = ToyHash.Of(1, parameters.InboundKey.Span);
        OutboundKey = ToyHash.Of(1, parameters.OutboundKey.Span);
        parameters.InboundKey.Dispose();
        parameters.OutboundKey.Dispose();
    }

    public uint InboundSpi { get; }

    public uint OutboundSpi { get; }

    public Ipv6Address Local { get; }

    public Ipv6Address Remote { get; }

    internal ulong InboundKey { get; }

    internal ulong OutboundKey { get; }

    /// <summary>The other end, which sends with <paramref name="theirs"/>, is heard.</summary>
    internal bool Opens(SimulatedChildSa theirs) =>
        InboundSpi == theirs.OutboundSpi && Remote == theirs.Local && InboundKey == theirs.OutboundKey;
}
