using Acp.Wire;

namespace Acp.Core.Node;

/// <summary>Who a node is, as its own certificate says. Never the private key: that answers questions elsewhere.</summary>
/// <param name="Prefix">The node's own prefix in its addressing sub-scheme (/127, /120 or /112).</param>
/// <param name="CertificateChain">DER, leaf first: what IKEv2 sends (RFC 8994 §6.8.2).</param>
/// <param name="TrustAnchorKeyHashes">SHA-1 of each trust anchor's SubjectPublicKeyInfo, for CERTREQ (RFC 7296 §3.7).</param>
public sealed record NodeSelf(
    Ipv6Address AcpAddress,
    Ipv6Prefix Prefix,
    IReadOnlyList<ReadOnlyMemory<byte>> CertificateChain,
    IReadOnlyList<ReadOnlyMemory<byte>> TrustAnchorKeyHashes);
