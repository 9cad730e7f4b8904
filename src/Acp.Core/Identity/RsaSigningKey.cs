using System.Security.Cryptography;

namespace Acp.Core.Identity;

/// <summary>An RSA key in this process. Owns the key it is given.</summary>
public sealed class RsaSigningKey(RSA key) : ISigningKey
{
    public SignatureScheme Scheme => SignatureScheme.RsaPss;

    public int KeySize => key.KeySize;

    public byte[] ExportSubjectPublicKeyInfo() => key.ExportSubjectPublicKeyInfo();

    public byte[] Sign(ReadOnlySpan<byte> data, HashAlgorithmName hash) =>
        key.SignData(data, hash, RSASignaturePadding.Pss);

    public void Dispose() => key.Dispose();

    public override string ToString() => $"RSA key ({KeySize} bits)";
}
