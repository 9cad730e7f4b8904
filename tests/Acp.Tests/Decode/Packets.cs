using System.Buffers.Binary;
using Acp.Wire;
using Acp.Wire.Rpl;

namespace Acp.Tests.Decode;

/// <summary>Packets from the link layer up.</summary>
internal static class Packets
{
    public static readonly Ipv6Address A = Ipv6Address.Parse("fe80::a");
    public static readonly Ipv6Address B = Ipv6Address.Parse("fe80::b");

    public static byte[] Ethernet(byte[] ip, params ushort[] tags)
    {
        var bytes = new List<byte>();
        bytes.AddRange(new byte[12]);
        foreach (var tag in tags)
            bytes.AddRange([0x81, 0, (byte)(tag >> 8), (byte)tag]);
        bytes.AddRange(ip[0] >> 4 == 6 ? [0x86, 0xdd] : (byte[])[8, 0]);
        return [.. bytes, .. ip];
    }

    public static byte[] Sll(byte[] ip) => [0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0x86, 0xdd, .. ip];

    public static byte[] Sll2(byte[] ip) => [0x86, 0xdd, 0, 0, 0, 0, 0, 7, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, .. ip];

    public static byte[] Ipv6(byte protocol, byte[] payload, Ipv6Address? from = null, Ipv6Address? to = null)
    {
        var bytes = new byte[40 + payload.Length];
        bytes[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), (ushort)payload.Length);
        bytes[6] = protocol;
        bytes[7] = 255;
        (from ?? A).Write(bytes.AsSpan(8));
        (to ?? B).Write(bytes.AsSpan(24));
        payload.CopyTo(bytes, 40);
        return bytes;
    }

    public static byte[] Ipv4(byte protocol, byte[] payload)
    {
        var bytes = new byte[20 + payload.Length];
        bytes[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)bytes.Length);
        bytes[8] = 64;
        bytes[9] = protocol;
        byte[] addresses = [192, 0, 2, 1, 192, 0, 2, 2];
        addresses.CopyTo(bytes, 12);
        payload.CopyTo(bytes, 20);
        return bytes;
    }

    public static byte[] Udp(ushort from, ushort to, byte[] payload)
    {
        var bytes = new byte[8 + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, from);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), to);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), (ushort)bytes.Length);
        payload.CopyTo(bytes, 8);
        return bytes;
    }

    public static byte[] Tcp(ushort from, ushort to, uint sequence, byte[] payload, bool syn = false)
    {
        var bytes = new byte[20 + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, from);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), to);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), sequence);
        bytes[12] = 0x50;
        bytes[13] = (byte)(syn ? 0x02 : 0x10);
        payload.CopyTo(bytes, 20);
        return bytes;
    }

    public static byte[] Rpl(byte[] message, Ipv6Address from, Ipv6Address to)
    {
        var bytes = (byte[])message.Clone();
        Icmpv6Checksum.Write(from, to, bytes);
        return Ipv6(58, bytes, from, to);
    }
}
