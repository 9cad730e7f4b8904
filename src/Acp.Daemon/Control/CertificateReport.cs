namespace Acp.Daemon.Control;

/// <summary>One certificate that a peer showed.</summary>
/// <param name="Serial">Hex.</param>
/// <param name="Validity">"valid", "expired", "not yet valid".</param>
/// <param name="Key">"ECDSA, 256 bits".</param>
/// <param name="AcpNodeName">Null when there is none, or none usable.</param>
/// <param name="Sha256">Fingerprint in hex.</param>
public sealed record CertificateReport(
    string Subject,
    string Issuer,
    string Serial,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    string Validity,
    string Key,
    bool CertificateAuthority,
    string? AcpNodeName,
    string Sha256);
