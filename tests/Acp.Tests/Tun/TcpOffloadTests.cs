using System.Buffers.Binary;
using Acp.Core;
using Acp.Linux.Tun;

namespace Acp.Tests.Tun;

/// <summary>Cutting up and joining TCP packets are each other's inverse, and neither trusts what it is given.</summary>
public sealed class TcpOffloadTests
{
    private const byte Ack = 0x10;
    private const byte Psh = 0x08;
    private const byte Fin = 0x01;

    [Theory]
    [InlineData(1, 1354)]
    [InlineData(1354, 1354)]
    [InlineData(1355, 1354)]
    [InlineData(64_000, 1354)]
    [InlineData(5000, 1)]
    public void Segments_are_complete_packets_that_add_up(int payload, int segmentSize)
    {
        var big = Tcp(0xffff_fff0, Ack | Psh | Fin, new SeededRandom(3).Bytes(payload), options: 12);
        Assert.True(TcpSegmenter.TryStart(big, 40, segmentSize, out var segmenter));
        var room = new byte[1426];
        var at = 0;
        while (segmenter.TryNext(room, out var length))
        {
            var packet = room.AsSpan(0, length);
            var size = length - 72;
            Assert.True(ChecksumIsRight(packet));
            Assert.Equal(length - 40, BinaryPrimitives.ReadUInt16BigEndian(packet[4..]));
            Assert.Equal(unchecked(0xffff_fff0 + (uint)at), BinaryPrimitives.ReadUInt32BigEndian(packet[44..]));
            Assert.True(packet[72..].SequenceEqual(big.AsSpan(72 + at, size)));
            at += size;
            Assert.Equal(at == payload ? Ack | Psh | Fin : Ack, packet[53]);
            Assert.Equal(at == payload ? size : segmentSize, size);
        }

        Assert.Equal(payload, at);
        Assert.True(segmenter.IsDone);
    }

    [Fact]
    public void What_is_no_tcp_packet_is_refused()
    {
        var good = Tcp(1, Ack, new byte[100]);
        Assert.False(TcpSegmenter.TryStart(good, 40, 0, out _));
        Assert.False(TcpSegmenter.TryStart(good, 39, 10, out _));
        Assert.False(TcpSegmenter.TryStart(good, 65535, 10, out _));
        for (var n = 0; n < 60; n++)
            Assert.False(TcpSegmenter.TryStart(good.AsSpan(0, n), 40, 10, out _));
        var bad = good.ToArray();
        bad[52] = 0x40; // a data offset of 16 octets
        Assert.False(TcpSegmenter.TryStart(bad, 40, 10, out _));
        bad[52] = 0xf0;
        Assert.False(TcpSegmenter.TryStart(bad.AsSpan(0, 90), 40, 10, out _));
        bad = good.ToArray();
        bad[0] = 0x45;
        Assert.False(TcpSegmenter.TryStart(bad, 40, 10, out _));
    }

    [Fact]
    public void A_segment_that_does_not_fit_ends_it_undone()
    {
        Assert.True(TcpSegmenter.TryStart(Tcp(1, Ack, new byte[3000]), 40, 1400, out var segmenter));
        Assert.False(segmenter.TryNext(new byte[1459], out var length));
        Assert.Equal(0, length);
        Assert.False(segmenter.IsDone);
    }

    [Theory]
    [InlineData(3000, 1354)]
    [InlineData(64_000, 1354)]
    [InlineData(2708, 1354)]
    public void Joining_the_segments_gives_the_packet_again(int payload, int segmentSize)
    {
        var big = Tcp(0xffff_ff00, Ack | Psh, new SeededRandom(4).Bytes(payload), options: 12);
        var packets = Segments(big, segmentSize);
        var run = default(TcpRun);
        Assert.True(run.TryStart(packets[0]));
        byte[] joined = [.. packets[0]];
        foreach (var packet in packets.Skip(1))
        {
            Assert.True(run.TryAppend(packets[0], packet));
            joined = [.. joined, .. packet[run.Headers..]];
        }

        Assert.Equal(packets.Count, run.Count);
        Assert.Equal(segmentSize, run.SegmentSize);
        run.Finish(joined, push: TcpRun.HasPush(packets[^1]));

        // As the kernel would finish it: the checksum over everything, with the pseudo-header's sum in its place.
        var checksum = InternetChecksum.Finish(InternetChecksum.Add(0, joined.AsSpan(40)));
        BinaryPrimitives.WriteUInt16BigEndian(joined.AsSpan(56), checksum);
        Assert.Equal(Convert.ToHexString(big), Convert.ToHexString(joined));
        Assert.False(run.TryAppend(packets[0], packets[0]));
    }

    [Fact]
    public void Only_the_very_next_packet_of_the_very_same_stream_joins()
    {
        var data = new byte[1000];
        var first = Tcp(5000, Ack, data);
        bool Joins(byte[] packet)
        {
            var run = default(TcpRun);
            Assert.True(run.TryStart(first));
            return run.TryAppend(first, packet);
        }

        byte[] Next(Action<byte[]> change)
        {
            var packet = Tcp(6000, Ack, data);
            change(packet);
            Checksum(packet);
            return packet;
        }

        Assert.True(Joins(Next(_ => { })));
        Assert.True(Joins(Next(p => p[53] |= Psh)));
        Assert.True(Joins(Tcp(6000, Ack, new byte[1])));
        Assert.False(Joins(Tcp(6001, Ack, data))); // a gap
        Assert.False(Joins(Tcp(5000, Ack, data))); // again
        Assert.False(Joins(Tcp(6000, Ack, new byte[1001]))); // longer than the first
        Assert.False(Joins(Tcp(6000, Ack, []))); // no data
        Assert.False(Joins(Tcp(6000, Ack, data, options: 12)));
        Assert.False(Joins(Next(p => p[1] ^= 0x10))); // traffic class
        Assert.False(Joins(Next(p => p[3] ^= 1))); // flow label
        Assert.False(Joins(Next(p => p[7] ^= 1))); // hop limit
        Assert.False(Joins(Next(p => p[23] ^= 1))); // source
        Assert.False(Joins(Next(p => p[39] ^= 1))); // destination
        Assert.False(Joins(Next(p => p[41] ^= 1))); // ports
        Assert.False(Joins(Next(p => p[43] ^= 1)));
        Assert.False(Joins(Next(p => p[51] ^= 1))); // acknowledgement
        Assert.False(Joins(Next(p => p[53] |= Fin)));
        Assert.False(Joins(Next(p => p[53] |= 0x04))); // RST
        Assert.False(Joins(Next(p => p[53] |= 0x20))); // URG
        Assert.False(Joins(Next(p => p[53] |= 0x40))); // ECE
        Assert.False(Joins(Next(p => p[55] ^= 1))); // window
        Assert.False(Joins(Next(p => p[59] ^= 1))); // urgent pointer
        var damaged = Next(_ => { });
        damaged[500] ^= 1;
        Assert.False(Joins(damaged)); // the kernel must see that checksum
    }

    [Fact]
    public void A_short_or_pushed_packet_is_the_last_of_its_run()
    {
        var first = Tcp(5000, Ack, new byte[100]);
        var run = default(TcpRun);
        Assert.True(run.TryStart(first));
        Assert.True(run.TryAppend(first, Tcp(5100, Ack, new byte[99])));
        Assert.False(run.TryAppend(first, Tcp(5199, Ack, new byte[99])));
        Assert.True(run.TryStart(first));
        Assert.True(run.TryAppend(first, Tcp(5100, Ack | Psh, new byte[100])));
        Assert.False(run.TryAppend(first, Tcp(5200, Ack, new byte[100])));
        Assert.True(run.TryStart(Tcp(5000, Ack | Psh, new byte[100])));
        Assert.False(run.TryAppend(first, Tcp(5100, Ack, new byte[100])));
    }

    [Fact]
    public void A_run_never_grows_past_what_an_ipv6_length_can_say()
    {
        var run = default(TcpRun);
        var first = Tcp(0, Ack, new byte[1400]);
        Assert.True(run.TryStart(first));
        uint at = 1400;
        while (run.TryAppend(first, Tcp(at, Ack, new byte[1400])))
            at += 1400;
        Assert.InRange((int)at + 60, 65535 - 1400, 65535);
    }

    [Fact]
    public void Random_octets_never_throw()
    {
        var random = new SeededRandom(6);
        for (var i = 0; i < 20_000; i++)
        {
            var packet = Tcp(1, Ack, new byte[random.Next(60)], options: random.Next(3) * 4);
            for (var k = 0; k < 3; k++)
                packet[random.Next(packet.Length)] = (byte)random.Next(256);
            var cut = packet.AsSpan(0, random.Next(packet.Length + 1));
            var run = default(TcpRun);
            run.TryStart(cut);
            run.TryStart(Tcp(1, Ack, new byte[20]));
            run.TryAppend(Tcp(1, Ack, new byte[20]), cut);
            if (TcpSegmenter.TryStart(cut, random.Next(100), random.Next(50), out var segmenter))
            {
                while (segmenter.TryNext(new byte[200], out _))
                {
                }
            }
        }
    }

    private static List<byte[]> Segments(byte[] big, int size)
    {
        Assert.True(TcpSegmenter.TryStart(big, 40, size, out var segmenter));
        var packets = new List<byte[]>();
        var room = new byte[1500];
        while (segmenter.TryNext(room, out var length))
            packets.Add(room[..length]);
        return packets;
    }

    private static byte[] Tcp(uint sequence, int flags, byte[] data, int options = 0)
    {
        var packet = new byte[60 + options + data.Length];
        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)(packet.Length - 40));
        packet[6] = 6;
        packet[7] = 64;
        for (var i = 8; i < 44; i++)
            packet[i] = (byte)(i * 3);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(44), sequence);
        packet[52] = (byte)((20 + options) / 4 << 4);
        packet[53] = (byte)flags;
        packet[54] = 0x12;
        packet.AsSpan(60, options).Fill(1);
        data.CopyTo(packet, 60 + options);
        Checksum(packet);
        return packet;
    }

    private static void Checksum(byte[] packet)
    {
        packet[56] = packet[57] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(56), InternetChecksumTests.Slow(WithPseudoHeader(packet)));
    }

    private static bool ChecksumIsRight(ReadOnlySpan<byte> packet) => InternetChecksumTests.Slow(WithPseudoHeader(packet)) == 0;

    private static byte[] WithPseudoHeader(ReadOnlySpan<byte> packet)
    {
        var length = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(length, packet.Length - 40);
        length[7] = 6;
        return [.. packet[8..40], .. length, .. packet[40..]];
    }
}
