using Acp.Wire;

namespace Acp.Core;

/// <summary>Who an authenticated neighbour is, after its certificate passed the domain membership check (RFC 8994 §6.2.3).</summary>
/// <param name="AcpAddress">From its AcpNodeName; null when the name carries "0" (C-05).</param>
/// <param name="NodeName">The AcpNodeName as text.</param>
/// <param name="Subject">The certificate's subject, for people.</param>
/// <param name="NotAfter">The earliest expiry in its chain: the channel ends then (C-19).</param>
/// <param name="Certificate">The leaf as DER; two "0" peers are compared by it (C-07).</param>
public sealed record PeerIdentity(
    Ipv6Address? AcpAddress,
    string NodeName,
    string Subject,
    DateTimeOffset NotAfter,
    ReadOnlyMemory<byte> Certificate);
