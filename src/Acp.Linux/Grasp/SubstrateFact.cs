using Acp.Core;
using Acp.Wire;

namespace Acp.Linux.Grasp;

/// <summary>What an <see cref="AcpSubstrate"/> noticed, for the log.</summary>
public abstract record SubstrateFact
{
    private SubstrateFact()
    {
    }

    /// <summary>A TLS peer that is no member of our domain (J-04).</summary>
    public sealed record PeerRefused(Ipv6Address Remote, bool WeConnected, PeerRefusal Refusal, string Detail) : SubstrateFact;

    /// <summary>A member, whose certificate has an ACP address that this is not (J-16).</summary>
    public sealed record PeerElsewhere(Ipv6Address Remote, bool WeConnected, string Name) : SubstrateFact;

    /// <summary>A stream or session that did not come about.</summary>
    public sealed record Failed(Ipv6Address Remote, bool WeConnected, SubstrateRefusal Refusal, string Detail) : SubstrateFact;
}
