using System.Buffers.Binary;

namespace Acp.Wire.Ikev2;

/// <summary>
/// The IKE header (RFC 7296 §3.1).
/// <code>
///                      1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                       IKE SA Initiator's SPI                  |
/// |                                                               |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                       IKE SA Responder's SPI                  |
/// |                                                               |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |  Next Payload | MjVer | MnVer | Exchange Type |     Flags     |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                          Message ID                           |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                            Length                             |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </summary>
/// <param name="Version">Major in the high, minor in the low four bits.</param>
/// <param name="Length">Octets of the whole message.</param>
public readonly record struct IkeHeader(
    ulong InitiatorSpi,
    ulong ResponderSpi,
    PayloadType NextPayload,
    byte Version,
    ExchangeType Exchange,
    IkeFlags Flags,
    uint MessageId,
    uint Length)
{
    /// <summary>Octets of the header.</summary>
    public const int Size = 28;

    /// <summary>Version 2.0.</summary>
    public const byte Version2 = 0x20;

    public int MajorVersion => Version >> 4;

    public bool IsResponse => (Flags & IkeFlags.Response) != 0;

    /// <summary>True when the sender is the original initiator of the IKE SA.</summary>
    public bool FromInitiator => (Flags & IkeFlags.Initiator) != 0;

    /// <summary>A header of version 2.0, whose length and next payload the codec fills in.</summary>
    public static IkeHeader Create(ulong initiatorSpi, ulong responderSpi, ExchangeType exchange, IkeFlags flags,
        uint messageId) =>
        new(initiatorSpi, responderSpi, PayloadType.None, Version2, exchange, flags, messageId, 0);

    /// <summary>Reads the header whatever its version; false when there are fewer than 28 octets.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out IkeHeader header)
    {
        header = default;
        if (bytes.Length < Size)
            return false;
        header = new IkeHeader(
            BinaryPrimitives.ReadUInt64BigEndian(bytes),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
            (PayloadType)bytes[16],
            bytes[17],
            (ExchangeType)bytes[18],
            (IkeFlags)bytes[19] & (IkeFlags.Initiator | IkeFlags.Version | IkeFlags.Response),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[24..]));
        return true;
    }

    /// <summary>Writes 28 octets to the start of <paramref name="bytes"/>, which must hold them.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, InitiatorSpi);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], ResponderSpi);
        bytes[16] = (byte)NextPayload;
        bytes[17] = Version;
        bytes[18] = (byte)Exchange;
        bytes[19] = (byte)Flags;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[20..], MessageId);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[24..], Length);
    }
}
