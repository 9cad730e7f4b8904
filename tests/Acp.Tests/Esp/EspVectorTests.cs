using Acp.Core;
using Acp.Core.Esp;

namespace Acp.Tests.Esp;

/// <summary>Known answers from an independent implementation: E-03, E-04, E-05, E-12.</summary>
public sealed class EspVectorTests
{
    public static TheoryData<int> Indices
    {
        get
        {
            var data = new TheoryData<int>();
            for (var i = 0; i < EspVector.All.Count; i++)
                data.Add(i);
            return data;
        }
    }

    [Fact]
    public void Both_algorithms_with_and_without_esn_and_every_padding_are_there()
    {
        Assert.Equal(28, EspVector.All.Count);
        foreach (var algorithm in Enum.GetValues<EspAlgorithm>())
        {
            Assert.Equal([0, 1, 2, 3], EspVector.All.Where(v => v.Algorithm == algorithm).Select(v => v.Inner.Length % 4).Distinct().Order());
            Assert.Contains(EspVector.All, v => v.Algorithm == algorithm && v.Esn && v.Sequence > uint.MaxValue);
            Assert.Contains(EspVector.All, v => v.Algorithm == algorithm && !v.Esn);
        }
    }

    [Theory, MemberData(nameof(Indices))]
    public void E03_E04_E12_sealing_gives_the_known_packet(int index)
    {
        var v = EspVector.All[index];
        using var key = v.NewKey();
        using var sa = new EspOutboundSa(v.Spi, v.Algorithm, v.Esn, key, lastUsed: v.Sequence - 1);
        var room = new byte[EspOutboundSa.HeadRoom + v.Inner.Length + EspOutboundSa.TailRoom];
        v.Inner.CopyTo(room, EspOutboundSa.HeadRoom);
        Assert.True(sa.TrySeal(room, v.Inner.Length, out var length, out var drop), drop.ToString());
        Assert.Equal(Convert.ToHexString(v.Packet), Convert.ToHexString(room.AsSpan(0, length)));
        Assert.Equal(v.Sequence, sa.Sequence);
    }

    [Theory, MemberData(nameof(Indices))]
    public void E03_E04_E12_opening_the_known_packet_gives_its_inner(int index)
    {
        var v = EspVector.All[index];
        using var sa = NewInbound(v);
        var packet = v.Packet.ToArray();
        Assert.True(sa.TryOpen(packet, out var length, out var drop), drop.ToString());
        Assert.Equal(Convert.ToHexString(v.Inner), Convert.ToHexString(packet.AsSpan(EspInboundSa.InnerOffset, length)));
        Assert.Equal(v.Sequence, sa.Sequence);
    }

    [Fact]
    public void Every_prefix_of_every_short_vector_is_refused()
    {
        foreach (var v in EspVector.All.Where(v => v.Packet.Length < 200))
        {
            using var sa = NewInbound(v);
            for (var n = 0; n < v.Packet.Length; n++)
            {
                Assert.False(sa.TryOpen(v.Packet.AsSpan(0, n).ToArray(), out _, out var drop));
                Assert.True(drop is EspDrop.TooShort or EspDrop.AuthenticationFailed, drop.ToString());
            }

            Assert.True(sa.TryOpen(v.Packet.ToArray(), out _, out _)); // and none of them moved the window
        }
    }

    [Fact]
    public void Every_flipped_bit_outside_the_spi_is_refused()
    {
        foreach (var v in EspVector.All.Where(v => v.Inner.Length == 49))
        {
            using var sa = NewInbound(v);
            for (var bit = 32; bit < v.Packet.Length * 8; bit++)
            {
                var bad = v.Packet.ToArray();
                bad[bit / 8] ^= (byte)(0x80 >> (bit % 8));
                Assert.False(sa.TryOpen(bad, out _, out var drop));
                Assert.NotEqual(EspDrop.None, drop);
            }

            Assert.True(sa.TryOpen(v.Packet.ToArray(), out _, out _));
        }
    }

    [Fact]
    public void E04_the_wrong_form_of_associated_data_fails()
    {
        foreach (var v in EspVector.All)
        {
            using var key = v.NewKey();
            using var sa = new EspInboundSa(v.Spi, v.Algorithm, !v.Esn, key, lastReceived: (uint)v.Sequence - 1);
            Assert.False(sa.TryOpen(v.Packet.ToArray(), out _, out var drop));
            Assert.Equal(EspDrop.AuthenticationFailed, drop);
        }
    }

    private static EspInboundSa NewInbound(EspVector v)
    {
        using var key = v.NewKey();
        return new EspInboundSa(v.Spi, v.Algorithm, v.Esn, key, lastReceived: v.Sequence - 1);
    }
}
