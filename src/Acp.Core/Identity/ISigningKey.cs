using System.Security.Cryptography;

namespace Acp.Core.Identity;

/// <summary>
/// The private key of a certificate, behind a question: it may live in a file, a TPM or another process. Never printed.
/// Not thread-safe.
/// </summary>
public interface ISigningKey : IDisposable
{
    /// <summary>Ecdsa or RsaPss: the scheme that signatures are made with.</summary>
    SignatureScheme Scheme { get; }

    /// <summary>Bits of the modulus or of the curve's field.</summary>
    int KeySize { get; }

    /// <summary>The public half as SubjectPublicKeyInfo, to tell whether a certificate is this key's.</summary>
    byte[] ExportSubjectPublicKeyInfo();

    /// <summary>ECDSA: DER SEQUENCE(r, s). RSA: RSASSA-PSS, salt as long as the hash.</summary>
    byte[] Sign(ReadOnlySpan<byte> data, HashAlgorithmName hash);
}
