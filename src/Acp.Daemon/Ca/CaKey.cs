using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Acp.Daemon.Ca;

/// <summary>A key pair of one of our algorithms, and how certificates are made with it.</summary>
internal static class CaKey
{
    internal static AsymmetricAlgorithm Generate(KeyAlgorithm algorithm) => algorithm switch
    {
        KeyAlgorithm.EcdsaP256 => ECDsa.Create(ECCurve.NamedCurves.nistP256),
        KeyAlgorithm.EcdsaP384 => ECDsa.Create(ECCurve.NamedCurves.nistP384),
        _ => RSA.Create(2048),
    };

    internal static CertificateRequest Request(X500DistinguishedName subject, AsymmetricAlgorithm key) => key switch
    {
        ECDsa ecdsa => new CertificateRequest(subject, ecdsa, HashOf(key)),
        RSA rsa => new CertificateRequest(subject, rsa, HashOf(key), RSASignaturePadding.Pkcs1),
        _ => throw new ArgumentException("neither RSA nor ECDSA", nameof(key)),
    };

    internal static X509SignatureGenerator Generator(AsymmetricAlgorithm key) => key switch
    {
        ECDsa ecdsa => X509SignatureGenerator.CreateForECDsa(ecdsa),
        RSA rsa => X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1),
        _ => throw new ArgumentException("neither RSA nor ECDSA", nameof(key)),
    };

    /// <summary>What <paramref name="issuer"/> signs with: SHA-256 unless its curve asks for more.</summary>
    internal static HashAlgorithmName HashOf(AsymmetricAlgorithm issuer) =>
        issuer is ECDsa { KeySize: 384 } ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;

    /// <summary>
    /// A certificate for <paramref name="request"/>'s key, signed by the issuer. The framework's shorter way refuses a
    /// validity outside the issuer's, which a test certificate may well have.
    /// </summary>
    internal static X509Certificate2 Sign(CertificateRequest request, X509Certificate2 issuer, AsymmetricAlgorithm issuerKey,
        DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        // The request carries its subject's hash; the signature needs the issuer's.
        var toSign = new CertificateRequest(request.SubjectName, request.PublicKey, HashOf(issuerKey));
        foreach (var extension in request.CertificateExtensions)
            toSign.CertificateExtensions.Add(extension);
        return toSign.Create(issuer.SubjectName, Generator(issuerKey), notBefore, notAfter, SerialNumber());
    }

    /// <summary>RFC 5280 §4.1.2.2: positive, at most 20 octets; 127 random bits.</summary>
    internal static byte[] SerialNumber()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        return serial;
    }
}
