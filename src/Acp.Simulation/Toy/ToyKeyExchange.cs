using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Acp.Core;
using Acp.Core.Ikev2.Crypto;
using Acp.Wire.Ikev2;

namespace Acp.Simulation.Toy;

/// <summary>Diffie-Hellman modulo 2^61 − 1, in values as long as the real group's: both ends agree, nobody else does by chance.</summary>
public sealed class ToyKeyExchange : IKeyExchange
{
    private const ulong P = (1UL << 61) - 1;
    private readonly ToyIkeCrypto _owner;
    private readonly ulong _secret;
    private readonly byte[] _public;
    private bool _disposed;

    public ToyKeyExchange(ToyIkeCrypto owner, DhGroup group, ulong secret)
    {
        (_owner, Group, _secret) = (owner, group, secret);
        _public = new byte[LengthOf(group)];
        BinaryPrimitives.WriteUInt64BigEndian(_public, Power(37, secret));
        owner.LiveExchanges++;
    }

    public DhGroup Group { get; }

    public ReadOnlyMemory<byte> PublicValue => _public;

    public bool TryDeriveSharedSecret(ReadOnlySpan<byte> peerPublicValue, [NotNullWhen(true)] out SecretBytes? sharedSecret)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        sharedSecret = null;
        if (peerPublicValue.Length != _public.Length)
            return false;
        var peer = BinaryPrimitives.ReadUInt64BigEndian(peerPublicValue);
        if (peer is 0 or 1 or >= P - 1)
            return false;
        sharedSecret = new SecretBytes(32);
        ToyHash.Fill(Power(peer, _secret), sharedSecret.Span);
        _owner.SecretMade?.Invoke(sharedSecret);
        return true;
    }

    public void Dispose()
    {
        if (!_disposed)
            _owner.LiveExchanges--;
        _disposed = true;
    }

    private static int LengthOf(DhGroup group) => group switch
    {
        DhGroup.Ecp256 => 64,
        DhGroup.Ecp384 => 96,
        DhGroup.Ecp521 => 132,
        DhGroup.Curve25519 => 32,
        _ => 256,
    };

    private static ulong Power(ulong value, ulong exponent)
    {
        var result = 1UL;
        for (; exponent != 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0)
                result = Multiply(result, value);
            value = Multiply(value, value);
        }

        return result;
    }

    private static ulong Multiply(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        var sum = (low & P) + ((low >> 61) | (high << 3));
        sum = (sum & P) + (sum >> 61);
        return sum >= P ? sum - P : sum;
    }
}
