using Acp.Core;
using Acp.Core.Identity;

namespace Acp.Linux.Tls;

/// <summary>Who is at the other end of a TLS stream, or why it is not wanted.</summary>
/// <param name="Name">Null when refused.</param>
/// <param name="Detail">For people, when refused.</param>
public sealed record TlsPeer(PeerRefusal Refusal, AcpNodeName? Name, string Detail)
{
    public bool IsMember => Refusal == PeerRefusal.None;
}
