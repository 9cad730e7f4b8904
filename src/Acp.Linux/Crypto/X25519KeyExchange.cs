using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Acp.Core;
using Acp.Core.Ikev2.Crypto;
using Acp.Linux.Interop;
using Acp.Wire.Ikev2;

namespace Acp.Linux.Crypto;

/// <summary>Group 31 (RFC 8031, RFC 7748 §5): KE data and g^ir are 32 octets, little-endian as the curve wants it.</summary>
internal sealed class X25519KeyExchange : IKeyExchange
{
    private const string Algorithm = "X25519";
    private const int Length = 32;
    private readonly EvpPkeyHandle _own;

    internal X25519KeyExchange()
        : this(LibCryptoKey.Generate(Algorithm, null))
    {
    }

    private X25519KeyExchange(EvpPkeyHandle own)
    {
        _own = own;
        PublicValue = LibCryptoKey.PublicValue(own);
    }

    public DhGroup Group => DhGroup.Curve25519;

    public ReadOnlyMemory<byte> PublicValue { get; }

    /// <summary>With a given private key, for known answers.</summary>
    internal static X25519KeyExchange FromPrivateKey(ReadOnlySpan<byte> privateKey)
    {
        var key = LibCrypto.EVP_PKEY_new_raw_private_key_ex(0, Algorithm, null, privateKey, (nuint)privateKey.Length);
        return key.IsInvalid ? throw new CryptographicException("not an X25519 private key") : new X25519KeyExchange(key);
    }

    public bool TryDeriveSharedSecret(ReadOnlySpan<byte> peerPublicValue, [NotNullWhen(true)] out SecretBytes? sharedSecret)
    {
        sharedSecret = null;
        if (peerPublicValue.Length != Length)
            return false;
        using var peer = LibCrypto.EVP_PKEY_new_raw_public_key_ex(0, Algorithm, null, peerPublicValue, Length);
        if (peer.IsInvalid)
        {
            LibCrypto.ERR_clear_error();
            return false;
        }

        // OpenSSL refuses peers that lead to the all-zero secret (RFC 8031 §5).
        return LibCryptoKey.TryDerive(_own, peer, Length, pad: false, out sharedSecret);
    }

    public void Dispose() => _own.Dispose();
}
