using System.Buffers.Binary;

namespace Acp.Wire.Esp;

/// <summary>
/// The clear part of an ESP packet under an AEAD with an 8-octet explicit IV (RFC 4303 §2, RFC 4106 §3, RFC 7634 §2):
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |               Security Parameters Index (SPI)                 |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                      Sequence Number                          |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                    IV (8 octets)                              |
/// |                                                               |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |   payload, TFC padding, padding, pad length, next header      |  encrypted
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                    ICV (16 octets)                            |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </summary>
/// <param name="SequenceLow">The low 32 bits; the high ones of an extended number are not sent (RFC 4303 §2.2.1).</param>
public readonly record struct EspHeader(uint Spi, uint SequenceLow, ulong Iv)
{
    /// <summary>SPI and sequence number.</summary>
    public const int SpiAndSequenceSize = 8;

    public const int IvSize = 8;

    /// <summary>SPI, sequence number and IV.</summary>
    public const int Size = SpiAndSequenceSize + IvSize;

    /// <summary>The integrity check value at the end of the packet.</summary>
    public const int IcvSize = 16;

    /// <summary>The shortest ESP packet that can be right: header, an empty payload with its trailer, ICV.</summary>
    public const int MinimumPacketSize = Size + EspTrailer.Alignment + IcvSize;

    /// <summary>
    /// Checks the lengths of a whole ESP packet, and reads its header. Whatever is true of the length of a packet that
    /// any sender may make is checked here, so that later steps can slice without fear.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> packet, out EspHeader header, out EspRefusal refusal)
    {
        if (packet.Length < MinimumPacketSize || packet.Length % EspTrailer.Alignment != 0)
        {
            header = default;
            refusal = EspRefusal.TooShort;
            return false;
        }

        header = new EspHeader(
            BinaryPrimitives.ReadUInt32BigEndian(packet),
            BinaryPrimitives.ReadUInt32BigEndian(packet[4..]),
            BinaryPrimitives.ReadUInt64BigEndian(packet[8..]));
        refusal = EspRefusal.None;
        return true;
    }

    /// <summary>Writes <see cref="Size"/> octets.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Iv);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], SequenceLow);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Spi);
    }
}
