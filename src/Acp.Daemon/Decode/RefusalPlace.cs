using System.Buffers.Binary;
using Acp.Wire.Cbor;
using Acp.Wire.Grasp;
using Acp.Wire.Ikev2;
using Acp.Wire.Rpl;

namespace Acp.Daemon.Decode;

/// <summary>
/// Where in a refused message it went wrong. The codecs only say why; the place is found by asking them again about ever more of
/// the message, until the same reason comes.
/// </summary>
internal static class RefusalPlace
{
    /// <returns>The octet, and what stands there; the end of the message for what is missing.</returns>
    public static (int At, string? Part) Of(ReadOnlySpan<byte> message, CborLimits limits, GraspRefusal refusal)
    {
        if (refusal is GraspRefusal.Truncated or GraspRefusal.MissingObjective or GraspRefusal.MissingValue or GraspRefusal.MissingLocator
            or GraspRefusal.MissingOutcome or GraspRefusal.EmptyFlood)
            return (message.Length, null);
        if (refusal is GraspRefusal.MalformedCbor or GraspRefusal.OverLimits or GraspRefusal.TrailingBytes)
            return (FirstRefused(message, limits), null);
        var elements = CborElements.Of(message);
        // The header is read by position, and a field that is missing is as wrong as a bad one.
        if (refusal switch
        {
            GraspRefusal.NotAMessage or GraspRefusal.UnknownMessageType => 0,
            GraspRefusal.BadSessionId => 1,
            GraspRefusal.BadInitiator or GraspRefusal.BadWaitingTime => 2,
            GraspRefusal.BadTtl => 3,
            _ => (int?)null,
        } is { } field)
            return field < elements.Count ? (elements[field].At, $"element {field}") : (elements.Count == 0 ? 0 : message.Length, null);

        // Once refused, always refused: what follows does not matter any more.
        var (good, bad) = (0, elements.Count);
        while (bad - good > 1)
        {
            var count = (good + bad) / 2;
            var end = elements[count - 1].At + elements[count - 1].Length;
            // The same array, as if it ended here, in the form that any count fits into.
            byte[] part = [0x9f, .. message[elements[0].At..end], 0xff];
            if (!GraspMessage.TryDecode(part, limits with { MaxSize = limits.MaxSize + 16 }, out _, out var why) && why == refusal)
                bad = count;
            else
                good = count;
        }

        if (bad > 0)
            return (elements[bad - 1].At, $"element {bad - 1}");
        return (0, null);
    }

    public static (int At, string? Part) Of(ReadOnlySpan<byte> message, IkeRefusal refusal)
    {
        switch (refusal)
        {
            case IkeRefusal.TooShort:
                return (message.Length, "the header");
            case IkeRefusal.LengthMismatch:
                return (24, "the header's length");
            case IkeRefusal.TooLong:
                return (IkeMessage.MaxLength, null);
            case IkeRefusal.Version:
                return (17, "the header's version");
        }

        var at = IkeHeader.Size;
        var type = message[16];
        while (at + IkePayloadCodec.HeaderSize <= message.Length)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]);
            if (type == 0 || length < IkePayloadCodec.HeaderSize || at + length > message.Length)
                break;
            // This payload alone behind the header, as if none followed, unless its next-payload field speaks of its inside.
            byte[] alone = [.. message[..IkeHeader.Size], .. message.Slice(at, length)];
            alone[16] = type;
            if (type is not ((byte)PayloadType.Encrypted or (byte)PayloadType.EncryptedFragment))
                alone[IkeHeader.Size] = 0;
            BinaryPrimitives.WriteUInt32BigEndian(alone.AsSpan(24), (uint)alone.Length);
            if (!IkeMessage.TryDecode(alone, out _, out var why) && why == refusal)
                break;
            type = message[at];
            at += length;
        }

        return (at, type == 0 ? null : $"payload {Trace.IkeNames.Of((PayloadType)type)}");
    }

    public static (int At, string? Part) Of(ReadOnlySpan<byte> message, RplRefusal refusal)
    {
        switch (refusal)
        {
            case RplRefusal.NotRpl:
                return (0, "the ICMPv6 type");
            case RplRefusal.SecureVariant or RplRefusal.UnknownCode:
                return (1, "the ICMPv6 code");
            case RplRefusal.TooShort:
                return (message.Length, null);
        }

        // The base object has no options that could be wrong; the first prefix that is refused so ends in the one that is.
        var from = 0;
        for (var end = 4; end <= Math.Min(message.Length, 4096); end++)
        {
            if (RplCodec.TryDecode(message[..end], out _, out var why))
                from = end;
            else if (why == refusal && why != RplRefusal.TruncatedOption)
                break;
        }

        return (from, from < message.Length ? $"option {message[from]}" : null);
    }

    private static int FirstRefused(ReadOnlySpan<byte> message, CborLimits limits)
    {
        var framer = new CborItemFramer(limits);
        for (var length = 1; length <= message.Length; length++)
        {
            switch (framer.Examine(message[..length], out _, out _))
            {
                case CborFrame.Item:
                    return length; // what follows is too much
                case CborFrame.Refused:
                    return length - 1;
            }
        }

        return message.Length;
    }
}
