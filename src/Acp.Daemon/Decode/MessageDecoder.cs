using System.Buffers.Binary;
using System.Globalization;
using Acp.Daemon.Trace;
using Acp.Wire.Cbor;
using Acp.Wire.Esp;
using Acp.Wire.Grasp;
using Acp.Wire.Ikev2;
using Acp.Wire.Rpl;

namespace Acp.Daemon.Decode;

/// <summary>One message's octets to what they say. Nothing throws, whatever they are.</summary>
internal static class MessageDecoder
{
    /// <summary>Of messages seen, not obeyed: larger than any engine of ours takes without being told to.</summary>
    public static readonly CborLimits GraspLimits = new(MaxSize: 1024 * 1024, MaxDepth: 24, MaxElements: 65536, MaxTextLength: 1024 * 1024);

    public static DecodeReport Grasp(ReadOnlySpan<byte> bytes)
    {
        if (GraspMessage.TryDecode(bytes, GraspLimits, out var message, out var refusal))
        {
            return new DecodeReport
            {
                Protocol = GraspText.IsDull(message) ? "DULL GRASP" : "GRASP",
                Message = GraspText.NameOf(message),
                Octets = bytes.Length,
                Text = GraspText.Line(message),
                Parts = GraspText.Parts(message),
            };
        }

        var (at, part) = RefusalPlace.Of(bytes, GraspLimits, refusal);
        return Refused("GRASP", bytes.Length, refusal, at, part);
    }

    public static DecodeReport Ike(ReadOnlySpan<byte> bytes)
    {
        if (NonEspMarker.IsAt(bytes))
            bytes = bytes[NonEspMarker.Size..];
        if (!IkeMessage.TryDecode(bytes, out var message, out var refusal))
        {
            var (at, part) = RefusalPlace.Of(bytes, refusal);
            return Refused("IKEv2", bytes.Length, refusal, at, part) with
            {
                Message = IkeHeader.TryRead(bytes, out var head) && head.MajorVersion == 2 ? Name(head) : null,
            };
        }

        var header = message.Header;
        return new DecodeReport
        {
            Protocol = "IKEv2",
            Message = Name(header),
            Octets = bytes.Length,
            Text = string.Create(CultureInfo.InvariantCulture,
                $"message ID {header.MessageId}, from the {(header.FromInitiator ? "initiator" : "responder")}, SA {header.InitiatorSpi:x16}/{header.ResponderSpi:x16}"),
            Parts = [.. message.Payloads.Select(Of)],
            Encrypted = message.Payloads.Any(p => p is EncryptedPayload or EncryptedFragmentPayload) ? true : null,
        };
    }

    public static DecodeReport Rpl(ReadOnlySpan<byte> bytes)
    {
        if (RplCodec.TryDecode(bytes, out var message, out var refusal))
        {
            return new DecodeReport
            {
                Protocol = "RPL",
                Message = RplText.NameOf(message),
                Octets = bytes.Length,
                Text = RplText.Line(message),
                Parts = RplText.Parts(message),
            };
        }

        var (at, part) = RefusalPlace.Of(bytes, refusal);
        return Refused("RPL", bytes.Length, refusal, at, part);
    }

    /// <summary>Only what stands in the clear.</summary>
    public static DecodeReport Esp(ReadOnlySpan<byte> bytes) => bytes.Length < EspHeader.SpiAndSequenceSize
        ? Refused("ESP", bytes.Length, EspRefusal.TooShort, bytes.Length, null)
        : new DecodeReport
        {
            Protocol = "ESP",
            Octets = bytes.Length,
            Text = string.Create(CultureInfo.InvariantCulture,
                $"SPI {BinaryPrimitives.ReadUInt32BigEndian(bytes):x8}, sequence number {BinaryPrimitives.ReadUInt32BigEndian(bytes[4..])}"),
            Encrypted = true,
        };

    public static DecodeReport Refused<T>(string protocol, int octets, T refusal, int at, string? part)
        where T : struct, Enum => new()
        {
            Protocol = protocol,
            Octets = octets,
            Refusal = refusal.ToString(),
            RefusedAt = at,
            RefusedPart = part,
            Text = RefusalWords.Of(refusal),
        };

    private static string Name(IkeHeader header) => $"{IkeNames.Of(header.Exchange)} {(header.IsResponse ? "response" : "request")}";

    private static Control.PayloadReport Of(IkePayload payload) => payload switch
    {
        EncryptedPayload p => new("SK", Say($"{p.Body.Length} octets encrypted, {Inside(p.FirstInner)}"), []),
        EncryptedFragmentPayload p => new("SKF", Say($"fragment {p.FragmentNumber} of {p.TotalFragments}, {p.Body.Length} octets encrypted")
            + (p.FirstInner == PayloadType.None ? "" : $", {Inside(p.FirstInner)}"), []),
        _ => PayloadText.Of(payload),
    };

    private static string Inside(PayloadType first) => first == PayloadType.None ? "nothing inside" : $"{IkeNames.Of(first)} first";

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
