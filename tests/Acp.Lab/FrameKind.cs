using System.Buffers.Binary;
using System.Globalization;

namespace Acp.Lab;

/// <summary>Says in a word what an Ethernet frame carries: what may be on a link between boxes, or else its details.</summary>
internal static class FrameKind
{
    public const string NeighborDiscovery = "neighbour discovery";
    public const string ListenerDiscovery = "multicast listener discovery";
    public const string Dull = "DULL GRASP";
    public const string Ike = "IKE";
    public const string Esp = "ESP";

    // Ethernet: destination (6), source (6), type (2). IPv6: 4 octets, payload length (2), next header, hop limit,
    // source (16), destination (16).
    public static string Of(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 54 || BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != 0x86dd)
            return "not IPv6: " + Convert.ToHexString(frame[..Math.Min(frame.Length, 64)]);
        var next = frame[20];
        var payload = frame[54..];
        var fragmented = false;

        // A hop-by-hop header (0) precedes multicast listener reports; a fragment header (44) an IKE_AUTH with long chains.
        while (next is 0 or 44 && payload.Length >= 8)
        {
            fragmented |= next == 44 && (BinaryPrimitives.ReadUInt16BigEndian(payload[2..]) >> 3) != 0;
            var length = next == 44 ? 8 : (payload[1] + 1) * 8;
            next = payload[0];
            payload = payload.Length >= length ? payload[length..] : [];
        }

        if (fragmented)
            return next == 17 ? Ike : Other(frame, next);
        return next switch
        {
            50 => Esp,
            58 when payload.Length > 0 && payload[0] is >= 133 and <= 137 => NeighborDiscovery,
            58 when payload.Length > 0 && payload[0] is 130 or 131 or 132 or 143 => ListenerDiscovery,
            17 when payload.Length >= 8 => BinaryPrimitives.ReadUInt16BigEndian(payload[2..]) switch
            {
                7017 when frame[38] == 0xff => Dull,
                500 => Ike,
                _ => Other(frame, next),
            },
            _ => Other(frame, next),
        };
    }

    private static string Other(ReadOnlySpan<byte> frame, byte next) =>
        string.Create(CultureInfo.InvariantCulture, $"next header {next}: ") + Convert.ToHexString(frame[14..Math.Min(frame.Length, 128)]);
}
