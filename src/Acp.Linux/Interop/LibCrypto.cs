using System.Runtime.InteropServices;

namespace Acp.Linux.Interop;

/// <summary>
/// openssl/evp.h of OpenSSL 3, for the key exchanges that .NET does not offer, finite-field DH over the RFC 3526 groups and
/// X25519, and for the one where it takes four times as long as it must (ECDH). It is the same library that .NET itself loads. Functions that return int return 1 for success.
/// </summary>
internal static partial class LibCrypto
{
    private const string Library = "libcrypto.so.3";

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial EvpPkeyCtxHandle EVP_PKEY_CTX_new_from_name(nint libctx, string name, string? propquery);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial EvpPkeyCtxHandle EVP_PKEY_CTX_new_from_pkey(nint libctx, EvpPkeyHandle pkey, string? propquery);

    [LibraryImport(Library)]
    internal static partial void EVP_PKEY_CTX_free(nint ctx);

    [LibraryImport(Library)]
    internal static partial EvpPkeyHandle EVP_PKEY_new();

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_up_ref(nint pkey);

    [LibraryImport(Library)]
    internal static partial void EVP_PKEY_free(nint pkey);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_keygen_init(EvpPkeyCtxHandle ctx);

    /// <summary>The group by OpenSSL's name, <c>modp_2048</c> for group 14 and so on.</summary>
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int EVP_PKEY_CTX_set_group_name(EvpPkeyCtxHandle ctx, string name);

    /// <summary>A new key if <paramref name="pkey"/> points at null.</summary>
    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_generate(EvpPkeyCtxHandle ctx, ref nint pkey);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_copy_parameters(EvpPkeyHandle to, EvpPkeyHandle from);

    /// <summary>
    /// For DH the public value must have exactly the modulus' length and lie in 2 … p − 2; for EC its coordinates must be below the
    /// field's prime and on the curve.
    /// </summary>
    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_set1_encoded_public_key(EvpPkeyHandle pkey, ReadOnlySpan<byte> pub, nuint publen);

    /// <summary>Allocates; the caller frees with <see cref="CRYPTO_free"/>. 0 for failure.</summary>
    [LibraryImport(Library)]
    internal static partial nuint EVP_PKEY_get1_encoded_public_key(EvpPkeyHandle pkey, out nint ppub);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial EvpPkeyHandle EVP_PKEY_new_raw_public_key_ex(nint libctx, string keytype, string? propq,
        ReadOnlySpan<byte> key, nuint keylen);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial EvpPkeyHandle EVP_PKEY_new_raw_private_key_ex(nint libctx, string keytype, string? propq,
        ReadOnlySpan<byte> key, nuint keylen);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_derive_init(EvpPkeyCtxHandle ctx);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_derive_set_peer_ex(EvpPkeyCtxHandle ctx, EvpPkeyHandle peer, int validate_peer);

    /// <summary>1: leading zero octets of the secret stay.</summary>
    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_CTX_set_dh_pad(EvpPkeyCtxHandle ctx, int pad);

    [LibraryImport(Library)]
    internal static partial int EVP_PKEY_derive(EvpPkeyCtxHandle ctx, Span<byte> key, ref nuint keylen);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void CRYPTO_free(nint ptr, string? file, int line);

    /// <summary>Failures on a peer's input must not be found later by somebody else on this thread.</summary>
    [LibraryImport(Library)]
    internal static partial void ERR_clear_error();
}
