using System.Diagnostics.CodeAnalysis;
using Acp.Core;
using Acp.Core.Ikev2.Crypto;
using Acp.Linux.Interop;
using Acp.Wire.Ikev2;

namespace Acp.Linux.Crypto;

/// <summary>
/// Groups 14, 15 and 16 (RFC 3526). KE data and g^ir both have the modulus' full length (RFC 7296 §2.14, §3.4).
/// </summary>
internal sealed class ModpKeyExchange : IKeyExchange
{
    private readonly EvpPkeyHandle _own;
    private readonly int _length;

    internal ModpKeyExchange(DhGroup group)
    {
        (var name, _length) = group switch
        {
            DhGroup.Modp2048 => ("modp_2048", 256),
            DhGroup.Modp3072 => ("modp_3072", 384),
            DhGroup.Modp4096 => ("modp_4096", 512),
            _ => throw new ArgumentOutOfRangeException(nameof(group), group, "not a MODP group"),
        };
        Group = group;
        _own = LibCryptoKey.Generate("DH", name);
        PublicValue = LibCryptoKey.PublicValue(_own);
    }

    public DhGroup Group { get; }

    public ReadOnlyMemory<byte> PublicValue { get; }

    public bool TryDeriveSharedSecret(ReadOnlySpan<byte> peerPublicValue, [NotNullWhen(true)] out SecretBytes? sharedSecret)
    {
        sharedSecret = null;
        if (peerPublicValue.Length != _length)
            return false;
        using var peer = LibCrypto.EVP_PKEY_new();
        // Setting the value refuses 0, 1, p − 1 and everything from p on (RFC 6989 §2.1).
        if (peer.IsInvalid
            || LibCrypto.EVP_PKEY_copy_parameters(peer, _own) != 1
            || LibCrypto.EVP_PKEY_set1_encoded_public_key(peer, peerPublicValue, (nuint)peerPublicValue.Length) != 1)
        {
            LibCrypto.ERR_clear_error();
            return false;
        }

        return LibCryptoKey.TryDerive(_own, peer, _length, pad: true, out sharedSecret);
    }

    public void Dispose() => _own.Dispose();
}
