using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Acp.Wire.Rpl;

/// <summary>
/// RPL control messages (RFC 6550 §6) as ICMPv6 messages, from the type octet on. The checksum is the affair of whoever
/// knows both addresses: the kernel's raw socket, or <see cref="Icmpv6Checksum"/>. Flags and reserved fields are written
/// as zero and ignored when read.
/// </summary>
public static class RplCodec
{
    /// <summary>ICMPv6 type of all RPL control messages.</summary>
    public const byte Icmpv6Type = 155;

    private const int HeaderSize = 4;

    /// <summary>Reads one message; never throws. The record does not refer to <paramref name="bytes"/>.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out RplMessage? message, out RplRefusal refusal)
    {
        // Type(8) = 155 | Code(8) | Checksum(16) | Base | Option(s)
        message = null;
        if (bytes.Length < HeaderSize)
        {
            refusal = RplRefusal.TooShort;
            return false;
        }
        if (bytes[0] != Icmpv6Type)
        {
            refusal = RplRefusal.NotRpl;
            return false;
        }
        var code = bytes[1];
        var body = bytes[HeaderSize..];
        refusal = (RplCode)code switch
        {
            RplCode.Dis => Dis(body, out message),
            RplCode.Dio => Dio(body, out message),
            RplCode.Dao => Dao(body, out message),
            RplCode.DaoAck => DaoAck(body, out message),
            _ => code is >= 0x80 and <= 0x83 or 0x8a ? RplRefusal.SecureVariant : RplRefusal.UnknownCode,
        };
        return message is not null;
    }

    /// <summary>The message from the type octet on, checksum zero.</summary>
    public static byte[] Encode(RplMessage message)
    {
        var to = new List<byte>(64) { Icmpv6Type, 0, 0, 0 };
        switch (message)
        {
            case DisMessage:
                to[1] = (byte)RplCode.Dis;
                to.AddRange([0, 0]);
                break;
            case DioMessage dio:
                to[1] = (byte)RplCode.Dio;
                to.AddRange([dio.InstanceId, dio.Version, (byte)(dio.Rank >> 8), (byte)dio.Rank]);
                to.Add((byte)((dio.Grounded ? 0x80 : 0) | (dio.ModeOfOperation & 7) << 3 | dio.Preference & 7));
                to.AddRange([dio.Dtsn, 0, 0]);
                Append(to, dio.DodagId);
                break;
            case DaoMessage dao:
                to[1] = (byte)RplCode.Dao;
                to.Add(dao.InstanceId);
                to.Add((byte)((dao.AckRequested ? 0x80 : 0) | (dao.DodagId is null ? 0 : 0x40)));
                to.AddRange([0, dao.Sequence]);
                if (dao.DodagId is { } daoDodag)
                    Append(to, daoDodag);
                break;
            case DaoAckMessage ack:
                to[1] = (byte)RplCode.DaoAck;
                to.AddRange([ack.InstanceId, (byte)(ack.DodagId is null ? 0 : 0x80), ack.Sequence, ack.Status]);
                if (ack.DodagId is { } ackDodag)
                    Append(to, ackDodag);
                break;
            default:
                throw new ArgumentException($"no encoding for {message.GetType().Name}", nameof(message));
        }
        foreach (var option in message.Options)
            RplOptionCodec.Encode(option, to);
        return [.. to];
    }

    // Flags(8) | Reserved(8) | Option(s)
    private static RplRefusal Dis(ReadOnlySpan<byte> body, out RplMessage? message)
    {
        message = null;
        if (body.Length < 2)
            return RplRefusal.TooShort;
        var refusal = Options(body[2..], out var options);
        if (refusal == RplRefusal.None)
            message = new DisMessage { Options = options };
        return refusal;
    }

    // RPLInstanceID(8) | Version Number(8) | Rank(16)
    // G(1) 0(1) MOP(3) Prf(3) | DTSN(8) | Flags(8) | Reserved(8)
    // DODAGID(128) | Option(s)
    private static RplRefusal Dio(ReadOnlySpan<byte> body, out RplMessage? message)
    {
        message = null;
        if (body.Length < 24)
            return RplRefusal.TooShort;
        var refusal = Options(body[24..], out var options);
        if (refusal == RplRefusal.None)
        {
            message = new DioMessage(
                body[0],
                body[1],
                BinaryPrimitives.ReadUInt16BigEndian(body[2..]),
                (body[4] & 0x80) != 0,
                (byte)(body[4] >> 3 & 7),
                (byte)(body[4] & 7),
                body[5],
                Ipv6Address.Read(body[8..]))
            { Options = options };
        }
        return refusal;
    }

    // RPLInstanceID(8) | K(1) D(1) Flags(6) | Reserved(8) | DAOSequence(8) | DODAGID(128), if D | Option(s)
    private static RplRefusal Dao(ReadOnlySpan<byte> body, out RplMessage? message)
    {
        message = null;
        if (body.Length < 4)
            return RplRefusal.TooShort;
        if (!TryDodagId(body[4..], (body[1] & 0x40) != 0, out var dodagId, out var rest))
            return RplRefusal.TooShort;
        var refusal = Options(rest, out var options);
        if (refusal == RplRefusal.None)
            message = new DaoMessage(body[0], (body[1] & 0x80) != 0, body[3], dodagId) { Options = options };
        return refusal;
    }

    // RPLInstanceID(8) | D(1) Reserved(7) | DAOSequence(8) | Status(8) | DODAGID(128), if D | Option(s)
    private static RplRefusal DaoAck(ReadOnlySpan<byte> body, out RplMessage? message)
    {
        message = null;
        if (body.Length < 4)
            return RplRefusal.TooShort;
        if (!TryDodagId(body[4..], (body[1] & 0x80) != 0, out var dodagId, out var rest))
            return RplRefusal.TooShort;
        var refusal = Options(rest, out var options);
        if (refusal == RplRefusal.None)
            message = new DaoAckMessage(body[0], body[2], body[3], dodagId) { Options = options };
        return refusal;
    }

    private static bool TryDodagId(ReadOnlySpan<byte> from, bool present, out Ipv6Address? dodagId, out ReadOnlySpan<byte> rest)
    {
        dodagId = null;
        rest = from;
        if (!present)
            return true;
        if (from.Length < Ipv6Address.Size)
            return false;
        dodagId = Ipv6Address.Read(from);
        rest = from[Ipv6Address.Size..];
        return true;
    }

    // Option Type(8) | Option Length(8) | Option Data; Pad1 is its type octet alone (RFC 6550 §6.7.1, §6.7.2)
    private static RplRefusal Options(ReadOnlySpan<byte> bytes, out List<RplOption> options)
    {
        options = [];
        while (bytes.Length > 0)
        {
            if (bytes[0] == (byte)RplOptionType.Pad1)
            {
                bytes = bytes[1..];
                continue;
            }
            if (bytes.Length < 2 || bytes.Length < 2 + bytes[1])
                return RplRefusal.TruncatedOption;
            var refusal = RplOptionCodec.Decode(bytes[0], bytes.Slice(2, bytes[1]), out var option);
            if (refusal != RplRefusal.None)
                return refusal;
            if (option is not null)
                options.Add(option);
            bytes = bytes[(2 + bytes[1])..];
        }
        return RplRefusal.None;
    }

    private static void Append(List<byte> to, Ipv6Address address)
    {
        Span<byte> bytes = stackalloc byte[Ipv6Address.Size];
        address.Write(bytes);
        to.AddRange(bytes);
    }
}
