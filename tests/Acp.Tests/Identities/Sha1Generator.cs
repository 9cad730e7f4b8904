using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Acp.Tests.Identities;

/// <summary>Signs certificates with sha1WithRSAEncryption, which the framework no longer does by itself.</summary>
internal sealed class Sha1Generator(RSA key) : X509SignatureGenerator
{
    public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) =>
        Convert.FromHexString("300D06092A864886F70D0101050500");

    public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) =>
        key.SignData(data, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);

    protected override PublicKey BuildPublicKey() => new(key);
}
