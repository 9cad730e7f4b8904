using System.Buffers.Binary;
using Acp.Wire.Esp;

namespace Acp.Core.Esp;

/// <summary>
/// The receiving half of a child SA: replay check, decryption in place, and what may come out (RFC 4303 §3.4). Not
/// thread-safe; owned by one inbound pump, which also disposes it.
/// </summary>
public sealed class EspInboundSa : IDisposable
{
    /// <summary>Where the inner packet starts within the ESP packet.</summary>
    public const int InnerOffset = EspHeader.Size;

    private const int Ipv6HeaderSize = 40;

    private readonly EspKeying _keying;
    private readonly bool _extended;
    private readonly ReplayWindow _window;
    private readonly ChildSaLimits _limits;
    private ulong _packets;
    private ulong _octets;

    /// <param name="key">Key and salt, 36 octets; read here, still the caller's to dispose.</param>
    /// <param name="lastReceived">The highest sequence number already received with this key: 0 for a new one.</param>
    public EspInboundSa(
        uint spi,
        EspAlgorithm algorithm,
        bool extendedSequenceNumbers,
        SecretBytes key,
        int replayWindow = ReplayWindow.DefaultSize,
        ulong lastReceived = 0,
        ChildSaLimits? limits = null)
    {
        _keying = new EspKeying(spi, algorithm, extendedSequenceNumbers, key);
        _extended = extendedSequenceNumbers;
        _window = new ReplayWindow(replayWindow);
        if (lastReceived != 0)
            _window.Mark(lastReceived);
        Spi = spi;
        _limits = limits ?? ChildSaLimits.None;
    }

    public uint Spi { get; }

    /// <summary>The highest sequence number received.</summary>
    public ulong Sequence => _window.Top;

    /// <summary>A soft limit is reached: time to rekey.</summary>
    public bool LifetimeNear => _limits.AreNear(_packets, _octets);

    /// <summary>It will open nothing more.</summary>
    public bool LifetimeOver => _limits.AreReached(_packets, _octets);

    /// <summary>
    /// Opens an ESP packet whose SPI was found to be this SA's. The inner IPv6 packet is then
    /// <paramref name="innerLength"/> octets from <see cref="InnerOffset"/>; everything else in the buffer is waste.
    /// </summary>
    public bool TryOpen(Span<byte> packet, out int innerLength, out EspDrop drop)
    {
        innerLength = 0;
        if (!EspHeader.TryRead(packet, out var header, out _))
            return Fail(EspDrop.TooShort, out drop);

        if (LifetimeOver)
            return Fail(EspDrop.LifetimeOver, out drop);
        ulong sequence = header.SequenceLow;
        if (_extended && !_window.TryExtend(header.SequenceLow, out sequence))
            return Fail(EspDrop.TooOld, out drop);
        drop = _window.Check(sequence);
        if (drop != EspDrop.None)
            return false;

        var plaintext = packet[EspHeader.Size..^EspHeader.IcvSize];
        if (!_keying.TryOpen(sequence, header.Iv, plaintext, packet[^EspHeader.IcvSize..]))
            return Fail(EspDrop.AuthenticationFailed, out drop);
        _window.Mark(sequence);
        _packets++;

        if (!EspTrailer.TryRead(plaintext, out var trailer, out _))
            return Fail(EspDrop.BadPadding, out drop);
        if (trailer.NextHeader == EspNextHeader.None)
            return Fail(EspDrop.Dummy, out drop);
        if (trailer.NextHeader != EspNextHeader.Ipv6)
            return Fail(EspDrop.NotIpv6, out drop);

        // How much of the payload is the packet, its own header says: TFC padding may follow it (RFC 4303 §2.7).
        if (trailer.PayloadLength < Ipv6HeaderSize)
            return Fail(EspDrop.BadInnerLength, out drop);
        if (plaintext[0] >> 4 != 6)
            return Fail(EspDrop.NotIpv6, out drop);
        innerLength = Ipv6HeaderSize + BinaryPrimitives.ReadUInt16BigEndian(plaintext[4..]);
        if (innerLength > trailer.PayloadLength)
        {
            innerLength = 0;
            return Fail(EspDrop.BadInnerLength, out drop);
        }

        _octets += (ulong)innerLength;
        drop = EspDrop.None;
        return true;
    }

    public void Dispose() => _keying.Dispose();

    private static bool Fail(EspDrop reason, out EspDrop drop)
    {
        drop = reason;
        return false;
    }
}
