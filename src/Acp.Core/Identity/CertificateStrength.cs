using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Acp.Core.Identity;

/// <summary>Version, key and signature algorithm of one certificate (RFC 8994 §6.2.1, A-02 … A-07).</summary>
internal static class CertificateStrength
{
    private const string RsaOid = "1.2.840.113549.1.1.1";
    private const string EcOid = "1.2.840.10045.2.1";
    private const int MinRsaBits = 2048;

    /// <summary>SEC 1 §2.3.3.</summary>
    private const byte Uncompressed = 4;

    /// <summary>What checking a signature may cost us at most.</summary>
    private const int MaxRsaBits = 8192;

    private static readonly string[] StrongCurves = ["1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35"];

    /// <summary>Named curves with a group order below 256 bits; others that we do not know are merely unsupported.</summary>
    private static readonly string[] WeakCurves =
    [
        "1.2.840.10045.3.1.1", "1.2.840.10045.3.1.2", "1.2.840.10045.3.1.3", "1.2.840.10045.3.1.4", "1.2.840.10045.3.1.5",
        "1.2.840.10045.3.1.6", "1.3.132.0.6", "1.3.132.0.7", "1.3.132.0.8", "1.3.132.0.9", "1.3.132.0.28", "1.3.132.0.29",
        "1.3.132.0.30", "1.3.132.0.31", "1.3.132.0.32", "1.3.132.0.33", "1.3.36.3.3.2.8.1.1.1", "1.3.36.3.3.2.8.1.1.3",
        "1.3.36.3.3.2.8.1.1.5",
    ];

    /// <param name="isTrustAnchor">A trust anchor's own signature proves nothing and is not looked at.</param>
    internal static PeerRefusal Check(X509Certificate2 certificate, bool isTrustAnchor, out string detail)
    {
        detail = "";
        if (certificate.Version != 3)
            return Refuse(PeerRefusal.NotX509v3, $"version {certificate.Version}", out detail);
        var key = CheckKey(certificate, certificate.PublicKey, out detail);
        if (key != PeerRefusal.None || isTrustAnchor)
            return key;
        return TryReadSignatureAlgorithm(certificate.RawDataMemory, out var oid)
            ? PeerRefusal.None
            : Refuse(PeerRefusal.WeakSignature, $"signed with {oid}", out detail);
    }

    private static PeerRefusal CheckKey(X509Certificate2 certificate, PublicKey key, out string detail)
    {
        detail = "";
        try
        {
            if (key.Oid.Value == RsaOid)
            {
                using var rsa = key.GetRSAPublicKey();
                var bits = rsa is null ? 0 : BitLength(rsa.ExportParameters(includePrivateParameters: false).Modulus);
                if (bits < MinRsaBits)
                    return Refuse(PeerRefusal.WeakKey, $"RSA with {bits} bits", out detail);
                return bits <= MaxRsaBits
                    ? PeerRefusal.None
                    : Refuse(PeerRefusal.UnsupportedKey, $"RSA with {bits} bits", out detail);
            }

            if (key.Oid.Value != EcOid || key.EncodedParameters is not { } parameters)
                return Refuse(PeerRefusal.UnsupportedKey, $"key algorithm {key.Oid.Value}", out detail);
            var curve = AsnDecoder.ReadObjectIdentifier(parameters.RawData, AsnEncodingRules.DER, out _);
            if (StrongCurves.Contains(curve))
            {
                // Uncompressed, which says that it is not at infinity, and on the curve or the second throws. These curves have
                // cofactor 1: every such point is good, and the multiplication by the order that importing the key from its
                // octets means would tell nothing, in twice the time that the rest of the check of a certificate takes. There
                // is no key where keyUsage allows key agreement only.
                if (key.EncodedKeyValue.RawData is not [Uncompressed, ..])
                    return Refuse(PeerRefusal.UnsupportedKey, "the public key is not an uncompressed point", out detail);
                using var ecdsa = certificate.GetECDsaPublicKey() ?? key.GetECDsaPublicKey();
                return PeerRefusal.None;
            }

            return Refuse(WeakCurves.Contains(curve) ? PeerRefusal.WeakKey : PeerRefusal.UnsupportedKey, $"curve {curve}", out detail);
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            return Refuse(PeerRefusal.UnsupportedKey, "the public key cannot be read", out detail);
        }
    }

    // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm AlgorithmIdentifier, signatureValue BIT STRING }
    private static bool TryReadSignatureAlgorithm(ReadOnlyMemory<byte> certificate, out string oid)
    {
        oid = "an unreadable algorithm";
        try
        {
            var sequence = new AsnReader(certificate, AsnEncodingRules.DER).ReadSequence();
            sequence.ReadEncodedValue();
            var identifier = sequence.ReadEncodedValue();
            oid = new AsnReader(identifier, AsnEncodingRules.DER).ReadSequence().ReadObjectIdentifier();
            return SignatureAlgorithm.TryDecode(identifier, out _);
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static int BitLength(ReadOnlySpan<byte> bigEndian)
    {
        bigEndian = bigEndian.TrimStart((byte)0);
        return bigEndian.IsEmpty ? 0 : 8 * bigEndian.Length - (byte.LeadingZeroCount(bigEndian[0]));
    }

    private static PeerRefusal Refuse(PeerRefusal refusal, string text, out string detail)
    {
        detail = text;
        return refusal;
    }
}
