using Acp.Wire.Esp;

namespace Acp.Core.Esp;

/// <summary>
/// The sending half of a child SA: puts inner packets into ESP, in place, and counts. Not thread-safe; owned by one
/// outbound pump, which also disposes it.
/// </summary>
public sealed class EspOutboundSa : IDisposable
{
    /// <summary>Octets that must be free before the inner packet.</summary>
    public const int HeadRoom = EspHeader.Size;

    /// <summary>Octets that must be free behind it.</summary>
    public const int TailRoom = EspTrailer.MaximumSizeWritten + EspHeader.IcvSize;

    // Without ESN the number itself ends at 2^32 - 1. With ESN the bound is what one AES-GCM key should protect:
    // 2^40 packets of 1426 octets are 2^46.5 blocks, and 2 · 46.5 is far enough from 128.
    private const ulong LastSequence32 = uint.MaxValue;
    private const ulong LastSequence64 = 1ul << 40;

    private readonly EspKeying _keying;
    private readonly ulong _last;
    private readonly ulong _soft;
    private readonly ulong _first;
    private readonly ChildSaLimits _limits;
    private ulong _octets;

    /// <param name="key">Key and salt, 36 octets; read here, still the caller's to dispose.</param>
    /// <param name="lastUsed">The sequence number last used with this key: 0 for a new one.</param>
    public EspOutboundSa(uint spi, EspAlgorithm algorithm, bool extendedSequenceNumbers, SecretBytes key, ulong lastUsed = 0,
        ChildSaLimits? limits = null)
    {
        _keying = new EspKeying(spi, algorithm, extendedSequenceNumbers, key);
        Spi = spi;
        Sequence = lastUsed;
        _last = extendedSequenceNumbers ? LastSequence64 : LastSequence32;
        _soft = _last - _last / 4;
        _first = lastUsed;
        _limits = limits ?? ChildSaLimits.None;
    }

    public uint Spi { get; }

    /// <summary>The number of the packet sealed last.</summary>
    public ulong Sequence { get; private set; }

    /// <summary>Three quarters of the sequence numbers are used (E-10), or a soft limit is reached: time to rekey.</summary>
    public bool LifetimeNear => Sequence >= _soft || _limits.AreNear(Sequence - _first, _octets);

    /// <summary>It will seal nothing more.</summary>
    public bool LifetimeOver => Sequence >= _last || _limits.AreReached(Sequence - _first, _octets);

    /// <summary>
    /// Makes an ESP packet of the payload that starts <see cref="HeadRoom"/> octets into <paramref name="room"/>. The
    /// packet then fills the first <paramref name="packetLength"/> octets of it.
    /// </summary>
    /// <param name="nextHeader">What the payload is; <see cref="EspNextHeader.None"/> makes a dummy packet.</param>
    public bool TrySeal(
        Span<byte> room,
        int payloadLength,
        out int packetLength,
        out EspDrop drop,
        EspNextHeader nextHeader = EspNextHeader.Ipv6)
    {
        packetLength = 0;
        var plaintextLength = EspTrailer.PlaintextLength(payloadLength);
        if (room.Length < HeadRoom + plaintextLength + EspHeader.IcvSize)
        {
            drop = EspDrop.TooBig;
            return false;
        }

        if (Sequence >= _last)
        {
            drop = EspDrop.SequenceExhausted;
            return false;
        }

        if (_limits.AreReached(Sequence - _first, _octets))
        {
            drop = EspDrop.LifetimeOver;
            return false;
        }

        _octets += (ulong)payloadLength;
        // The IV is the 64-bit number itself: a counter never repeats under one key (RFC 4106 §3.1).
        var sequence = ++Sequence;
        new EspHeader(Spi, (uint)sequence, sequence).Write(room);
        var plaintext = room.Slice(HeadRoom, plaintextLength);
        EspTrailer.Write(plaintext, payloadLength, nextHeader);
        _keying.Seal(sequence, sequence, plaintext, room.Slice(HeadRoom + plaintextLength, EspHeader.IcvSize));
        packetLength = HeadRoom + plaintextLength + EspHeader.IcvSize;
        drop = EspDrop.None;
        return true;
    }

    public void Dispose() => _keying.Dispose();
}
