using System.Text.Json;

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

    /// <summary>The same cause as <see cref="RefusalCode"/>, where it is one of the membership check's.</summary>
    public PeerRefusal Refusal { get; init; }

    /// <summary>Accepted, but the certificate names a CRL or OCSP responder that was not asked (rule 3, A-20).</summary>
    public bool RevocationUnchecked { get; init; }

    /// <summary>Rule 3 was looked at: current CRLs of all issuers in the path name none of it.</summary>
    public bool KnownGood { get; init; }

    public static PeerVerdict Accept(PeerIdentity identity) => new(identity, null, null);

    public static PeerVerdict Refuse(string code, string text) => new(null, code, text);

    /// <summary>A refusal with its cause, whose name in kebab case is the code: <c>other-domain</c>.</summary>
    public static PeerVerdict Refuse(PeerRefusal refusal, string text) =>
        new(null, JsonNamingPolicy.KebabCaseLower.ConvertName(refusal.ToString()), text) { Refusal = refusal };
}
