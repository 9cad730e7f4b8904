using System.Security.Cryptography;

namespace Acp.Core.Identity;

/// <summary>An ECDSA key in this process. Owns the key it is given.</summary>
public sealed class EcdsaSigningKey(ECDsa key) : ISigningKey
{
    public SignatureScheme Scheme => SignatureScheme.Ecdsa;

    public int KeySize => key.KeySize;

    public byte[] ExportSubjectPublicKeyInfo() => key.ExportSubjectPublicKeyInfo();

    public byte[] Sign(ReadOnlySpan<byte> data, HashAlgorithmName hash) =>
        key.SignData(data, hash, DSASignatureFormat.Rfc3279DerSequence);

    public void Dispose() => key.Dispose();

    public override string ToString() => $"ECDSA key ({KeySize} bits)";
}
