using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;

namespace Acp.Core.Identity;

/// <summary>What the membership check found. A member has name, leaf and expiry.</summary>
/// <param name="Leaf">The peer's certificate as far as it could be read, also when refused; the caller disposes it.</param>
/// <param name="NotAfter">The earliest expiry in the path, trust anchor included.</param>
/// <param name="RevocationUnchecked">Rule 3 was skipped: a CRL or OCSP responder is named and was not asked.</param>
public sealed record MembershipResult(
    PeerRefusal Refusal,
    string Detail,
    X509Certificate2? Leaf,
    AcpNodeName? Name,
    DateTimeOffset NotAfter,
    bool RevocationUnchecked)
{
    /// <summary>The latest beginning in the path.</summary>
    public DateTimeOffset NotBefore { get; init; }

    /// <summary>Rule 3 was looked at: current CRLs of all issuers in the path name none of it.</summary>
    public bool KnownGood { get; init; }

    [MemberNotNullWhen(true, nameof(Leaf), nameof(Name))]
    public bool IsMember => Refusal == PeerRefusal.None;
}
