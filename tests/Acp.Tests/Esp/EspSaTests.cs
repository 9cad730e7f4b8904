using System.Buffers.Binary;
using Acp.Core;
using Acp.Core.Esp;
using Acp.Wire.Esp;

namespace Acp.Tests.Esp;

/// <summary>What an SA pair lets through, drops and counts: E-09 … E-14, E-22.</summary>
public sealed class EspSaTests
{
    private const uint Spi = 0xc0ffee01;

    private static readonly byte[] KeyBytes = new SeededRandom(99).Bytes(36);

    [Theory]
    [InlineData(EspAlgorithm.AesGcm256, false)]
    [InlineData(EspAlgorithm.AesGcm256, true)]
    [InlineData(EspAlgorithm.ChaCha20Poly1305, false)]
    [InlineData(EspAlgorithm.ChaCha20Poly1305, true)]
    public void E10_E12_round_trip_at_every_length(EspAlgorithm algorithm, bool esn)
    {
        var (outbound, inbound) = Pair(algorithm, esn);
        using (outbound)
        using (inbound)
        {
            for (var n = 40; n <= 1500; n++)
            {
                var packet = Seal(outbound, Ipv6(n));
                Assert.Equal(EspOverhead.OuterLength(n) - 40, packet.Length);
                Assert.Equal((uint)(n - 39), BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(4))); // starts at 1
                Assert.True(inbound.TryOpen(packet, out var length, out _));
                Assert.True(packet.AsSpan(EspInboundSa.InnerOffset, length).SequenceEqual(Ipv6(n)));
            }
        }
    }

    [Theory]
    [InlineData(10ul, ulong.MaxValue)]
    [InlineData(ulong.MaxValue, 1000ul)]
    public void E10_either_direction_warns_at_its_soft_limit_and_stops_at_its_hard_one(ulong packets, ulong octets)
    {
        // Packets of 100 octets: both limits are the same number of packets.
        var limits = new ChildSaLimits(packets, packets == ulong.MaxValue ? packets : 2 * packets, octets, octets == ulong.MaxValue ? octets : 2 * octets);
        using var key = new SecretBytes(36);
        using var outbound = new EspOutboundSa(Spi, EspAlgorithm.AesGcm256, true, key, limits: limits);
        using var unlimited = new EspOutboundSa(Spi, EspAlgorithm.AesGcm256, true, key);
        using var inbound = new EspInboundSa(Spi, EspAlgorithm.AesGcm256, true, key, limits: limits);
        var inner = new byte[100];
        inner[0] = 0x60;
        inner[5] = 60;
        var room = new byte[EspOutboundSa.HeadRoom + 100 + EspOutboundSa.TailRoom];
        for (var i = 1; i <= 21; i++)
        {
            inner.CopyTo(room, EspOutboundSa.HeadRoom);
            Assert.Equal(i <= 20, outbound.TrySeal(room, 100, out _, out var drop));
            Assert.Equal(i <= 20 ? EspDrop.None : EspDrop.LifetimeOver, drop);
            Assert.Equal((i >= 10, i >= 20), (outbound.LifetimeNear, outbound.LifetimeOver));
            inner.CopyTo(room, EspOutboundSa.HeadRoom);
            Assert.True(unlimited.TrySeal(room, 100, out var length, out _));
            Assert.Equal(i <= 20, inbound.TryOpen(room.AsSpan(0, length), out _, out drop));
            Assert.Equal(i <= 20 ? EspDrop.None : EspDrop.LifetimeOver, drop);
            Assert.Equal((i >= 10, i >= 20), (inbound.LifetimeNear, inbound.LifetimeOver));
        }

        Assert.Equal(20ul, outbound.Sequence);
    }

    [Fact]
    public void E09_replayed_and_too_old_are_dropped_and_reordered_is_not()
    {
        var (outbound, inbound) = Pair();
        using (outbound)
        using (inbound)
        {
            var packets = Enumerable.Range(0, 1200).Select(_ => Seal(outbound, Ipv6(60))).ToList();
            Assert.True(inbound.TryOpen(packets[1199].ToArray(), out _, out _));
            Assert.True(inbound.TryOpen(packets[176].ToArray(), out _, out _)); // number 177: 1023 back, the last inside
            Drops(inbound, packets[1199], EspDrop.Replayed);
            Drops(inbound, packets[176], EspDrop.Replayed);
            Drops(inbound, packets[175], EspDrop.TooOld);
        }
    }

    [Fact]
    public void E09_a_forged_number_does_not_move_the_window()
    {
        var (outbound, inbound) = Pair();
        using (outbound)
        using (inbound)
        {
            var first = Seal(outbound, Ipv6(60));
            var forged = first.ToArray();
            BinaryPrimitives.WriteUInt32BigEndian(forged.AsSpan(4), 1_000_000);
            Drops(inbound, forged, EspDrop.AuthenticationFailed);
            Assert.Equal(0ul, inbound.Sequence);
            Assert.True(inbound.TryOpen(first, out _, out _));
        }
    }

    [Theory]
    [InlineData(false, 0xffff_fffful)]
    [InlineData(true, 1ul << 40)]
    public void E10_the_sequence_never_wraps_and_warns_in_time(bool esn, ulong last)
    {
        using var key = new SecretBytes(KeyBytes);
        using var sa = new EspOutboundSa(Spi, EspAlgorithm.AesGcm256, esn, key, last - 1);
        Assert.True(sa.LifetimeNear);
        Seal(sa, Ipv6(60));
        Assert.False(sa.TrySeal(new byte[200], 60, out var length, out var drop));
        Assert.Equal(EspDrop.SequenceExhausted, drop);
        Assert.Equal(0, length);
        Assert.Equal(last, sa.Sequence);

        using var almost = new EspOutboundSa(Spi, EspAlgorithm.AesGcm256, esn, key, last - last / 4 - 1);
        Assert.False(almost.LifetimeNear);
        Seal(almost, Ipv6(60));
        Assert.True(almost.LifetimeNear);
    }

    [Fact]
    public void E11_extended_numbers_cross_the_32_bit_border_both_ways()
    {
        using var key = new SecretBytes(KeyBytes);
        using var outbound = new EspOutboundSa(Spi, EspAlgorithm.AesGcm256, true, key, 0xffff_fffd);
        using var inbound = new EspInboundSa(Spi, EspAlgorithm.AesGcm256, true, key, lastReceived: 0xffff_fffd);
        var packets = Enumerable.Range(0, 6).Select(_ => Seal(outbound, Ipv6(60))).ToList();
        foreach (var i in new[] { 4, 0, 5, 1, 3, 2 })
            Assert.True(inbound.TryOpen(packets[i].ToArray(), out _, out var drop), $"{i}: {drop}");
        Assert.Equal(0x1_0000_0003ul, inbound.Sequence);
        foreach (var packet in packets)
            Drops(inbound, packet, EspDrop.Replayed);
    }

    [Fact]
    public void E12_wrong_padding_is_dropped()
    {
        var (outbound, inbound) = Pair();
        using (outbound)
        using (inbound)
        {
            // The payload ends in what reads as a pad of 9, 9 behind a pad length of 2.
            byte[] plaintext = [.. Ipv6(40), 9, 9, 2, (byte)EspNextHeader.Ipv6];
            Drops(inbound, SealRaw(outbound, plaintext), EspDrop.BadPadding);
            plaintext[^2] = 200; // longer than the payload
            Drops(inbound, SealRaw(outbound, plaintext), EspDrop.BadPadding);
            plaintext = [.. Ipv6(40), 1, 2, 2, (byte)EspNextHeader.Ipv6];
            Assert.True(inbound.TryOpen(SealRaw(outbound, plaintext), out var length, out _));
            Assert.Equal(40, length);
        }
    }

    [Fact]
    public void E12_padding_longer_than_needed_is_accepted()
    {
        var (outbound, inbound) = Pair();
        using (outbound)
        using (inbound)
        {
            byte[] plaintext = [.. Ipv6(41), .. Enumerable.Range(1, 253).Select(i => (byte)i), 253, (byte)EspNextHeader.Ipv6];
            Assert.True(inbound.TryOpen(SealRaw(outbound, plaintext), out var length, out _));
            Assert.Equal(41, length);
        }
    }

    [Fact]
    public void Tfc_padding_is_cut_off_by_the_inner_length()
    {
        var (outbound, inbound) = Pair();
        using (outbound)
        using (inbound)
        {
            byte[] padded = [.. Ipv6(60), .. new byte[777]];
            var packet = Seal(outbound, padded);
            Assert.True(inbound.TryOpen(packet, out var length, out _));
            Assert.True(packet.AsSpan(EspInboundSa.InnerOffset, length).SequenceEqual(Ipv6(60)));
        }
    }

    [Fact]
    public void E13_dummy_packets_are_dropped_whatever_they_hold()
    {
        var (outbound, inbound) = Pair();
        using (outbound)
        using (inbound)
        {
            Drops(inbound, Seal(outbound, [], EspNextHeader.None), EspDrop.Dummy);
            Drops(inbound, Seal(outbound, new byte[500], EspNextHeader.None), EspDrop.Dummy);
            Assert.Equal(2ul, inbound.Sequence); // authentic, so they do count
        }
    }

    [Theory]
    [InlineData((byte)4)]
    [InlineData((byte)6)]
    [InlineData((byte)17)]
    [InlineData((byte)58)]
    [InlineData((byte)0)]
    public void E14_only_next_header_41_is_accepted(byte nextHeader)
    {
        var (outbound, inbound) = Pair();
        using (outbound)
        using (inbound)
            Drops(inbound, Seal(outbound, Ipv6(60), (EspNextHeader)nextHeader), EspDrop.NotIpv6);
    }

    [Fact]
    public void E14_the_inner_packet_must_be_ipv6_and_complete()
    {
        var (outbound, inbound) = Pair();
        using (outbound)
        using (inbound)
        {
            var inner = Ipv6(60);
            inner[0] = 0x45;
            Drops(inbound, Seal(outbound, inner), EspDrop.NotIpv6);
            Drops(inbound, Seal(outbound, Ipv6(60)[..39]), EspDrop.BadInnerLength);
            Drops(inbound, Seal(outbound, Ipv6(60)[..59]), EspDrop.BadInnerLength);
            Drops(inbound, Seal(outbound, []), EspDrop.BadInnerLength);
        }
    }

    [Fact]
    public void Mutated_packets_never_throw_and_never_pass()
    {
        var random = new SeededRandom(4);
        var (outbound, inbound) = Pair();
        using (outbound)
        using (inbound)
        {
            for (var i = 0; i < 3000; i++)
            {
                var packet = Seal(outbound, Ipv6(40 + random.Next(100)));
                for (var k = random.Next(4); k >= 0; k--)
                    packet[4 + random.Next(packet.Length - 4)] ^= (byte)(1 + random.Next(255));
                var cut = packet.AsSpan(0, random.Next(3) == 0 ? random.Next(packet.Length + 1) : packet.Length);
                if (inbound.TryOpen(cut, out _, out _))
                    Assert.Equal(packet.Length, cut.Length); // two mutations of one octet may cancel; nothing else passes
            }

            Assert.True(inbound.TryOpen(Seal(outbound, Ipv6(60)), out _, out _));
        }
    }

    [Fact]
    public void Sealing_and_opening_allocate_nothing()
    {
        foreach (var algorithm in Enum.GetValues<EspAlgorithm>())
        {
            var (outbound, inbound) = Pair(algorithm, esn: true);
            using (outbound)
            using (inbound)
            {
                var inner = Ipv6(1352);
                var room = new byte[1500];
                long Run(int count)
                {
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    for (var i = 0; i < count; i++)
                    {
                        inner.CopyTo(room, EspOutboundSa.HeadRoom);
                        if (!outbound.TrySeal(room, inner.Length, out var length, out _)
                            || !inbound.TryOpen(room.AsSpan(0, length), out _, out _))
                            return -1;
                    }

                    return GC.GetAllocatedBytesForCurrentThread() - before;
                }

                Run(100);
                Assert.Equal(0, Run(1000));
            }
        }
    }

    [Fact]
    public void A_room_too_small_is_refused_and_uses_no_number()
    {
        var (outbound, inbound) = Pair();
        using (outbound)
        using (inbound)
        {
            Assert.False(outbound.TrySeal(new byte[16 + 60 + 15], 60, out _, out var drop));
            Assert.Equal(EspDrop.TooBig, drop);
            Assert.Equal(0ul, outbound.Sequence);
        }
    }

    [Theory]
    [InlineData(1500, 1426)]
    [InlineData(1501, 1426)]
    [InlineData(1504, 1430)]
    [InlineData(9000, 8926)]
    [InlineData(1356, 1282)]
    [InlineData(1355, 1280)]
    [InlineData(1280, 1280)]
    [InlineData(0, 1280)]
    public void E17_E18_channel_mtu(int link, int channel)
    {
        Assert.Equal(channel, EspOverhead.ChannelMtu(link));
        if (link >= 1356)
        {
            Assert.True(EspOverhead.OuterLength(channel) <= link);
            Assert.True(EspOverhead.OuterLength(channel + 1) > link);
        }
    }

    [Fact]
    public void A_key_of_the_wrong_length_is_our_own_mistake()
    {
        using var key = new SecretBytes(32);
        Assert.Throws<ArgumentException>(() => new EspInboundSa(Spi, EspAlgorithm.AesGcm256, true, key));
    }

    private static (EspOutboundSa Out, EspInboundSa In) Pair(EspAlgorithm algorithm = EspAlgorithm.AesGcm256, bool esn = false)
    {
        using var key = new SecretBytes(KeyBytes);
        return (new EspOutboundSa(Spi, algorithm, esn, key), new EspInboundSa(Spi, algorithm, esn, key));
    }

    private static byte[] Ipv6(int length)
    {
        var packet = new byte[length];
        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)(length - 40));
        for (var i = 8; i < length; i++)
            packet[i] = (byte)(i * 7);
        return packet;
    }

    private static byte[] Seal(EspOutboundSa sa, byte[] payload, EspNextHeader nextHeader = EspNextHeader.Ipv6)
    {
        var room = new byte[EspOutboundSa.HeadRoom + payload.Length + EspOutboundSa.TailRoom];
        payload.CopyTo(room, EspOutboundSa.HeadRoom);
        Assert.True(sa.TrySeal(room, payload.Length, out var length, out _, nextHeader));
        return room[..length];
    }

    /// <summary>Seals a plaintext with a trailer of the test's own making, by GCM alone.</summary>
    private static byte[] SealRaw(EspOutboundSa sa, byte[] plaintext)
    {
        // A number of the SA is used up, so that both ends stay in step.
        Seal(sa, Ipv6(40));
        var packet = new byte[16 + plaintext.Length + 16];
        new EspHeader(Spi, (uint)sa.Sequence, sa.Sequence).Write(packet);
        using var gcm = new System.Security.Cryptography.AesGcm(KeyBytes.AsSpan(0, 32), 16);
        byte[] nonce = [.. KeyBytes[32..], .. packet[8..16]];
        gcm.Encrypt(nonce, plaintext, packet.AsSpan(16, plaintext.Length), packet.AsSpan(16 + plaintext.Length), packet.AsSpan(0, 8));
        return packet;
    }

    private static void Drops(EspInboundSa sa, byte[] packet, EspDrop expected)
    {
        Assert.False(sa.TryOpen(packet.ToArray(), out var length, out var drop));
        Assert.Equal(expected, drop);
        Assert.Equal(0, length);
    }
}
