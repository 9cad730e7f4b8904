using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Acp.Core.Identity;

/// <summary>Checks a signature with a certificate's key. Octets from the network never make it throw.</summary>
public static class SignatureVerifier
{
    /// <summary>
    /// Whether <see cref="Verify"/> can judge it: the platform checks RSASSA-PSS only with a salt as long as the hash,
    /// which is what everybody sends (RFC 4055 §3.1 recommends it).
    /// </summary>
    public static bool CanVerify(SignatureAlgorithm algorithm) =>
        algorithm.Scheme != SignatureScheme.RsaPss || algorithm.PssSaltLength == algorithm.HashLength;

    /// <summary>False also when the key is of the other family, or <see cref="CanVerify"/> is false.</summary>
    public static bool Verify(X509Certificate2 certificate, SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using var key = PublicKeyOf(certificate);
        return Verify(key, algorithm, data, signature);
    }

    /// <inheritdoc cref="Verify(X509Certificate2, SignatureAlgorithm, ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public static bool Verify(AsymmetricAlgorithm? key, SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (!CanVerify(algorithm))
            return false;
        try
        {
            return key switch
            {
                ECDsa ecdsa when algorithm.Scheme == SignatureScheme.Ecdsa =>
                    ecdsa.VerifyData(data, signature, algorithm.Hash, DSASignatureFormat.Rfc3279DerSequence),
                RSA rsa when algorithm.Scheme != SignatureScheme.Ecdsa => rsa.VerifyData(data, signature, algorithm.Hash,
                    algorithm.Scheme == SignatureScheme.RsaPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1),
                _ => false,
            };
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>An ECDSA or RSA key, or null; the caller disposes it.</summary>
    public static AsymmetricAlgorithm? PublicKeyOf(X509Certificate2 certificate)
    {
        try
        {
            return certificate.GetECDsaPublicKey() ?? (AsymmetricAlgorithm?)certificate.GetRSAPublicKey();
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
