using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Acp.Core;

namespace Acp.Linux.Interop;

/// <summary>
/// The few steps the two exchanges share. Failures of our own side throw <see cref="CryptographicException"/>;
/// whatever depends on the peer's octets returns false.
/// </summary>
internal static class LibCryptoKey
{
    /// <summary>A fresh key pair; <paramref name="group"/> is null where the algorithm fixes it.</summary>
    internal static EvpPkeyHandle Generate(string algorithm, string? group)
    {
        using var context = LibCrypto.EVP_PKEY_CTX_new_from_name(0, algorithm, null);
        nint key = 0;
        if (context.IsInvalid
            || LibCrypto.EVP_PKEY_keygen_init(context) != 1
            || (group is not null && LibCrypto.EVP_PKEY_CTX_set_group_name(context, group) != 1)
            || LibCrypto.EVP_PKEY_generate(context, ref key) != 1)
        {
            LibCrypto.ERR_clear_error();
            throw new CryptographicException($"libcrypto could not generate a {group ?? algorithm} key");
        }

        var handle = new EvpPkeyHandle();
        Marshal.InitHandle(handle, key);
        return handle;
    }

    /// <summary>The public value: DH padded to the modulus, X25519 32 octets, EC 4 ‖ x ‖ y.</summary>
    internal static byte[] PublicValue(EvpPkeyHandle key)
    {
        var length = (int)LibCrypto.EVP_PKEY_get1_encoded_public_key(key, out var pointer);
        if (length == 0)
        {
            LibCrypto.ERR_clear_error();
            throw new CryptographicException("libcrypto could not encode the public value");
        }

        var bytes = new byte[length];
        Marshal.Copy(pointer, bytes, 0, length);
        LibCrypto.CRYPTO_free(pointer, null, 0);
        return bytes;
    }

    /// <summary>The shared secret, exactly <paramref name="length"/> octets.</summary>
    /// <param name="validate">OpenSSL validates the peer's key once more than it did when it took it.</param>
    internal static bool TryDerive(EvpPkeyHandle own, EvpPkeyHandle peer, int length, bool pad,
        [NotNullWhen(true)] out SecretBytes? secret, bool validate = true)
    {
        secret = null;
        using var context = LibCrypto.EVP_PKEY_CTX_new_from_pkey(0, own, null);
        var derived = new SecretBytes(length);
        var written = (nuint)length;
        if (!context.IsInvalid
            && LibCrypto.EVP_PKEY_derive_init(context) == 1
            && (!pad || LibCrypto.EVP_PKEY_CTX_set_dh_pad(context, 1) == 1)
            && LibCrypto.EVP_PKEY_derive_set_peer_ex(context, peer, validate ? 1 : 0) == 1
            && LibCrypto.EVP_PKEY_derive(context, derived.Span, ref written) == 1
            && written == (nuint)length)
        {
            secret = derived;
            return true;
        }

        LibCrypto.ERR_clear_error();
        derived.Dispose();
        return false;
    }
}
