using Acp.Core;
using Acp.Core.Identity;

namespace Acp.Linux.Tls;

/// <summary>Who is at the other end of a TLS stream, or why it is not wanted.</summary>
/// <param name="Name">Null when refused.</param>
/// <param name="Detail">For people, when refused.</param>
public sealed record TlsPeer(PeerRefusal Refusal, AcpNodeName? Name, string Detail)
{
    /// <summary>When the first of its certificates ends, trust anchor included.</summary>
    public DateTimeOffset NotAfter { get; init; } = DateTimeOffset.MaxValue;

    public bool IsMember => Refusal == PeerRefusal.None;
}
