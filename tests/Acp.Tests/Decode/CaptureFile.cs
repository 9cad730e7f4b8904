using System.Buffers.Binary;

namespace Acp.Tests.Decode;

/// <summary>Capture files as other programs write them.</summary>
internal static class CaptureFile
{
    /// <summary>Classic, a packet every millisecond from 2026-11-21 10:00:00 UTC on.</summary>
    public static byte[] Pcap(bool bigEndian, bool nanoseconds, int link, params IReadOnlyList<byte[]> packets)
    {
        var w = new Writer(bigEndian);
        w.UInt32(nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
        w.UInt16(2);
        w.UInt16(4);
        w.UInt32(0);
        w.UInt32(0);
        w.UInt32(65535);
        w.UInt32((uint)link);
        for (var i = 0; i < packets.Count; i++)
        {
            w.UInt32(1795255200);
            w.UInt32((uint)i * (nanoseconds ? 1_000_000u : 1000u));
            w.UInt32((uint)packets[i].Length);
            w.UInt32((uint)packets[i].Length);
            w.Octets(packets[i]);
        }

        return w.ToArray();
    }

    /// <summary>The same times, in nanoseconds; the second packet as a simple one, and a block between them that nobody knows.</summary>
    public static byte[] Pcapng(bool bigEndian, int link, params IReadOnlyList<byte[]> packets)
    {
        var w = new Writer(bigEndian);
        w.Block(0x0a0d0d0a, b =>
        {
            b.UInt32(0x1a2b3c4d);
            b.UInt16(1);
            b.UInt16(0);
            b.UInt32(0xffffffff);
            b.UInt32(0xffffffff);
        });
        w.Block(1, b =>
        {
            b.UInt16((ushort)link);
            b.UInt16(0);
            b.UInt32(0);
            b.UInt16(9); // if_tsresol
            b.UInt16(1);
            b.Octets([9, 0, 0, 0]);
            b.UInt32(0);
        });
        for (var i = 0; i < packets.Count; i++)
        {
            var packet = packets[i];
            if (i == 1)
            {
                w.Block(0x0bad, b => b.Octets(new byte[8]));
                w.Block(3, b =>
                {
                    b.UInt32((uint)packet.Length);
                    b.Padded(packet);
                });
                continue;
            }

            var at = 1795255200UL * 1_000_000_000 + (ulong)i * 1_000_000;
            w.Block(6, b =>
            {
                b.UInt32(0);
                b.UInt32((uint)(at >> 32));
                b.UInt32((uint)at);
                b.UInt32((uint)packet.Length);
                b.UInt32((uint)packet.Length);
                b.Padded(packet);
            });
        }

        return w.ToArray();
    }

    private sealed class Writer(bool bigEndian)
    {
        private readonly List<byte> _bytes = [];

        public byte[] ToArray() => [.. _bytes];

        public void UInt16(ushort value)
        {
            var b = new byte[2];
            BinaryPrimitives.WriteUInt16LittleEndian(b, bigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);
            _bytes.AddRange(b);
        }

        public void UInt32(uint value)
        {
            var b = new byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(b, bigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);
            _bytes.AddRange(b);
        }

        public void Octets(byte[] octets) => _bytes.AddRange(octets);

        public void Padded(byte[] octets)
        {
            Octets(octets);
            _bytes.AddRange(new byte[(4 - octets.Length % 4) % 4]);
        }

        public void Block(uint type, Action<Writer> body)
        {
            var inner = new Writer(bigEndian);
            body(inner);
            UInt32(type);
            UInt32((uint)inner._bytes.Count + 12);
            Octets(inner.ToArray());
            UInt32((uint)inner._bytes.Count + 12);
        }
    }
}
