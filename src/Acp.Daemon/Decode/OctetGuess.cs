using System.Buffers.Binary;
using Acp.Wire.Cbor;
using Acp.Wire.Ikev2;
using Acp.Wire.Rpl;

namespace Acp.Daemon.Decode;

/// <summary>What octets without a capture around them may be: whatever reads them without complaint, or else what they resemble most.</summary>
internal static class OctetGuess
{
    /// <summary>One report, or several when they are a packet or a row of GRASP messages, as in a stream.</summary>
    public static IReadOnlyList<DecodeReport> Decode(ReadOnlyMemory<byte> bytes, DecodedProtocol protocol) => protocol switch
    {
        DecodedProtocol.Grasp => Row(bytes.Span),
        DecodedProtocol.Ike => [MessageDecoder.Ike(bytes.Span)],
        DecodedProtocol.Rpl => [MessageDecoder.Rpl(bytes.Span)],
        DecodedProtocol.Esp => [MessageDecoder.Esp(bytes.Span)],
        DecodedProtocol.Ip => Packet(bytes, CaptureLink.Raw) is { Count: > 0 } found ? found : [Unknown(bytes.Length, "an IP packet without anything of ours in it, or none")],
        DecodedProtocol.Ethernet => Packet(bytes, CaptureLink.Ethernet) is { Count: > 0 } found
            ? found : [Unknown(bytes.Length, "an Ethernet frame without anything of ours in it, or none")],
        _ => Guess(bytes),
    };

    private static IReadOnlyList<DecodeReport> Guess(ReadOnlyMemory<byte> bytes)
    {
        var grasp = Row(bytes.Span);
        if (grasp.All(r => r.Refusal is null))
            return grasp;
        var ike = MessageDecoder.Ike(bytes.Span);
        if (ike.Refusal is null)
            return [ike];
        var rpl = MessageDecoder.Rpl(bytes.Span);
        if (rpl.Refusal is null)
            return [rpl];
        foreach (var link in new[] { CaptureLink.Raw, CaptureLink.Ethernet })
        {
            if (LooksLikeIp(bytes.Span[(link == CaptureLink.Ethernet ? Math.Min(14, bytes.Length) : 0)..]) && Packet(bytes, link) is { Count: > 0 } found)
                return found;
        }

        // A message that is wrong somewhere: told as what it seems to be.
        var ikeAt = NonEspMarker.IsAt(bytes.Span) ? bytes.Span[NonEspMarker.Size..] : bytes.Span;
        if (IkeHeader.TryRead(ikeAt, out var header) && header.MajorVersion == 2 && header.Exchange is >= ExchangeType.IkeSaInit and <= ExchangeType.Informational)
            return [ike];
        if (bytes.Span is [RplCodec.Icmpv6Type, <= 3 or (>= 0x80 and <= 0x8a), ..])
            return [rpl];
        if (bytes.Span is [>= 0x80 and <= 0x97 or 0x9f, ..])
            return grasp;
        return [Unknown(bytes.Length, $"neither GRASP ({grasp[0].Text}), nor IKEv2 ({ike.Text}), nor RPL ({rpl.Text}), nor a packet with one of them")];
    }

    private static bool LooksLikeIp(ReadOnlySpan<byte> b) =>
        (b.Length >= 40 && b[0] >> 4 == 6 && BinaryPrimitives.ReadUInt16BigEndian(b[4..]) <= b.Length - 40)
        || (b.Length >= 20 && b[0] >> 4 == 4 && BinaryPrimitives.ReadUInt16BigEndian(b[2..]) <= b.Length);

    private static IReadOnlyList<DecodeReport> Packet(ReadOnlyMemory<byte> bytes, CaptureLink link)
    {
        var dissector = new PacketDissector([]);
        var found = dissector.Dissect(new CapturedPacket(1, null, link, bytes, bytes.Length));
        return [.. found.Concat(dissector.Finish()).Select(r => r with { Packet = null })];
    }

    private static List<DecodeReport> Row(ReadOnlySpan<byte> bytes)
    {
        var found = new List<DecodeReport>();
        var framer = new CborItemFramer(MessageDecoder.GraspLimits);
        while (framer.Examine(bytes, out var length, out _) == CborFrame.Item && length < bytes.Length)
        {
            found.Add(MessageDecoder.Grasp(bytes[..length]));
            bytes = bytes[length..];
        }

        found.Add(MessageDecoder.Grasp(bytes));
        return found;
    }

    private static DecodeReport Unknown(int octets, string text) => new()
    {
        Protocol = "unknown",
        Octets = octets,
        Refusal = "Unknown",
        RefusedAt = 0,
        Text = text,
    };
}
