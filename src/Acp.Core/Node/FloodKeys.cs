using System.Formats.Asn1;
using System.Security.Cryptography;
using Acp.Core.Identity;
using Acp.Wire.Cose;

namespace Acp.Core.Node;

/// <summary>Which COSE algorithm goes with which key, and COSE's form of ECDSA signatures (O-05).</summary>
internal static class FloodKeys
{
    public static CoseAlgorithm AlgorithmOf(SignatureScheme scheme, int keySize) => (scheme, keySize) switch
    {
        (SignatureScheme.Ecdsa, 256) => CoseAlgorithm.ES256,
        (SignatureScheme.Ecdsa, 384) => CoseAlgorithm.ES384,
        (SignatureScheme.Ecdsa, 521) => CoseAlgorithm.ES512,
        (SignatureScheme.RsaPss, _) => CoseAlgorithm.PS256,
        _ => CoseAlgorithm.None,
    };

    public static CoseAlgorithm AlgorithmOf(AsymmetricAlgorithm key) =>
        AlgorithmOf(key is RSA ? SignatureScheme.RsaPss : SignatureScheme.Ecdsa, key.KeySize);

    public static HashAlgorithmName HashOf(CoseAlgorithm algorithm) => algorithm switch
    {
        CoseAlgorithm.ES384 => HashAlgorithmName.SHA384,
        CoseAlgorithm.ES512 => HashAlgorithmName.SHA512,
        _ => HashAlgorithmName.SHA256,
    };

    /// <summary>Octets from the network never make it throw.</summary>
    public static bool Verify(AsymmetricAlgorithm key, CoseAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        try
        {
            return key switch
            {
                ECDsa ecdsa => ecdsa.VerifyData(data, signature, HashOf(algorithm), DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
                RSA rsa => rsa.VerifyData(data, signature, HashOf(algorithm), RSASignaturePadding.Pss),
                _ => false,
            };
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>From SEQUENCE(r, s) to r and s, each as long as the curve's order (RFC 9053 §2.1).</summary>
    public static byte[] FromDer(byte[] der, int keySize)
    {
        var size = (keySize + 7) / 8;
        var sequence = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        var both = new byte[2 * size];
        Put(sequence.ReadIntegerBytes().Span, both.AsSpan(0, size));
        Put(sequence.ReadIntegerBytes().Span, both.AsSpan(size));
        return both;

        static void Put(ReadOnlySpan<byte> number, Span<byte> field)
        {
            number = number.TrimStart((byte)0);
            number.CopyTo(field[(field.Length - number.Length)..]);
        }
    }
}
