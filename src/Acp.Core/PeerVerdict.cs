namespace Acp.Core;

/// <summary>
/// The answer to "is this peer who it says it is, and a member of our domain?" (RFC 8994 §6.2.3): an identity, or a
/// refusal. The text goes to our log only, never to the peer (RFC 7296 §2.21.2).
/// </summary>
/// <param name="Identity">Null when refused.</param>
/// <param name="RefusalCode">A short stable word for counters, such as <c>signature</c>, <c>expired</c>, <c>domain</c>; null when accepted.</param>
/// <param name="RefusalText">For people; null when accepted.</param>
public sealed record PeerVerdict(PeerIdentity? Identity, string? RefusalCode, string? RefusalText)
{
    public bool Accepted => Identity is not null;

    public static PeerVerdict Accept(PeerIdentity identity) => new(identity, null, null);

    public static PeerVerdict Refuse(string code, string text) => new(null, code, text);
}
