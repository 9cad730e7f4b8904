namespace Acp.Wire.Esp;

/// <summary>
/// The end of the plaintext (RFC 4303 §2.4–2.6): pad octets 1, 2, 3 …, pad length, next header, such that the
/// plaintext is a multiple of four octets.
/// <code>
///               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///               |     Padding (0-255 bytes)                     |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                               |  Pad Length   | Next Header   |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </summary>
/// <param name="PayloadLength">Octets before the padding; TFC padding, if any, is among them (RFC 4303 §2.7).</param>
public readonly record struct EspTrailer(int PayloadLength, EspNextHeader NextHeader)
{
    /// <summary>The plaintext ends on such a boundary.</summary>
    public const int Alignment = 4;

    /// <summary>Pad length and next header.</summary>
    public const int MinimumSize = 2;

    /// <summary>The most octets <see cref="Write"/> ever adds.</summary>
    public const int MaximumSizeWritten = MinimumSize + Alignment - 1;

    /// <summary>Payload plus padding, pad length and next header.</summary>
    public static int PlaintextLength(int payloadLength) => (payloadLength + MinimumSize + Alignment - 1) & -Alignment;

    /// <summary>Writes the trailer after the payload, which fills the first <paramref name="payloadLength"/> octets.</summary>
    /// <returns>The length of the plaintext.</returns>
    public static int Write(Span<byte> plaintext, int payloadLength, EspNextHeader nextHeader)
    {
        var length = PlaintextLength(payloadLength);
        var padding = length - MinimumSize - payloadLength;
        for (var i = 0; i < padding; i++)
            plaintext[payloadLength + i] = (byte)(i + 1);
        plaintext[length - 2] = (byte)padding;
        plaintext[length - 1] = (byte)nextHeader;
        return length;
    }

    /// <summary>Reads the trailer of a decrypted plaintext, and checks the padding (RFC 4303 §2.4 "SHOULD inspect").</summary>
    public static bool TryRead(ReadOnlySpan<byte> plaintext, out EspTrailer trailer, out EspRefusal refusal)
    {
        trailer = default;
        if (plaintext.Length < MinimumSize)
        {
            refusal = EspRefusal.TooShort;
            return false;
        }

        var padding = plaintext[^2];
        var payloadLength = plaintext.Length - MinimumSize - padding;
        refusal = EspRefusal.BadPadding;
        if (payloadLength < 0)
            return false;
        for (var i = 0; i < padding; i++)
        {
            if (plaintext[payloadLength + i] != (byte)(i + 1))
                return false;
        }

        trailer = new EspTrailer(payloadLength, (EspNextHeader)plaintext[^1]);
        refusal = EspRefusal.None;
        return true;
    }
}
