using System.Buffers.Binary;
using Acp.Core.Ikev2.Crypto;

namespace Acp.Simulation.Toy;

/// <summary>Encrypts by a key stream and authenticates by a keyed hash: what another key sealed does not open.</summary>
public sealed class ToyCipher : IIkeCipher
{
    private readonly ToyIkeCrypto _owner;
    private readonly ulong _key;
    private bool _disposed;

    public ToyCipher(ToyIkeCrypto owner, ulong key, bool aead, int icvLength)
    {
        (_owner, _key) = (owner, key);
        (IvLength, BlockLength, IcvLength) = aead ? (8, 1, 16) : (16, 16, icvLength);
        owner.LiveCiphers++;
    }

    public int IvLength { get; }

    public int BlockLength { get; }

    public int IcvLength { get; }

    public void Seal(Span<byte> message, int bodyOffset)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Stream(message, bodyOffset);
        ToyHash.Fill(ToyHash.Of(~_key, message[..^IcvLength]), message[^IcvLength..]);
    }

    public bool TryOpen(Span<byte> message, int bodyOffset)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Span<byte> icv = stackalloc byte[IcvLength];
        ToyHash.Fill(ToyHash.Of(~_key, message[..^IcvLength]), icv);
        if (!icv.SequenceEqual(message[^IcvLength..]))
            return false;
        Stream(message, bodyOffset);
        return true;
    }

    public void Dispose()
    {
        if (!_disposed)
            _owner.LiveCiphers--;
        _disposed = true;
    }

    private void Stream(Span<byte> message, int bodyOffset)
    {
        var state = ToyHash.Of(_key, message.Slice(bodyOffset, IvLength));
        var text = message[(bodyOffset + IvLength)..^IcvLength];
        for (; text.Length >= 8; text = text[8..])
            BinaryPrimitives.WriteUInt64LittleEndian(text, BinaryPrimitives.ReadUInt64LittleEndian(text) ^ ToyHash.Next(ref state));
        var last = ToyHash.Next(ref state);
        for (var i = 0; i < text.Length; i++)
            text[i] ^= (byte)(last >> (8 * i));
    }
}
