using Acp.Wire;

namespace Acp.Core.Ikev2;

/// <summary>Who we are to our neighbours.</summary>
/// <param name="AcpAddress">From our AcpNodeName: our ID_IPV6_ADDR (D-27) and our side of the decider rule.</param>
/// <param name="Certificates">DER, in the order sent: leaf, intermediates, and the trust anchor if that is wished (C-22, D-30).</param>
/// <param name="TrustAnchorKeyHashes">SHA-1 of each trust anchor's SubjectPublicKeyInfo, 20 octets each, for CERTREQ (D-31).</param>
public sealed record Ikev2Identity(
    Ipv6Address AcpAddress,
    IReadOnlyList<ReadOnlyMemory<byte>> Certificates,
    IReadOnlyList<ReadOnlyMemory<byte>> TrustAnchorKeyHashes);
