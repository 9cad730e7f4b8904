namespace Acp.Wire.Ikev2;

/// <summary>Certificate encodings (RFC 7296 §3.6). The ACP sends the first only (C-21).</summary>
public enum CertificateEncoding : byte
{
    X509Signature = 4,
    Crl = 7,
    HashAndUrlOfX509 = 12,
    HashAndUrlOfBundle = 13,
}
