using Acp.Wire;

namespace Acp.Simulation.Security;

/// <summary>Who a node is, and what it shows for it.</summary>
/// <param name="Chain">As DER on a box: leaf first.</param>
/// <param name="TrustAnchorKeyHashes">For CERTREQ, 20 octets each.</param>
/// <param name="Key">The authority's own; null for a toy.</param>
public sealed record SimulatedCredentials(
    string Name,
    Ipv6Address AcpAddress,
    string Domain,
    DateTimeOffset NotAfter,
    IReadOnlyList<ReadOnlyMemory<byte>> Chain,
    IReadOnlyList<ReadOnlyMemory<byte>> TrustAnchorKeyHashes,
    object? Key = null);
