using Acp.Core.Time;
using Acp.Linux.DataPlane;
using Acp.Wire;

namespace Acp.Tests.Esp;

/// <summary>What the user-space data plane keeps of packets that overtake their SA (D-40, RFC 7296 §2.8).</summary>
public sealed class EarlyPacketsTests
{
    private static readonly Instant Start = new(7_654_321_000_000);
    private static readonly Ipv6Address Peer = Ipv6Address.Parse("fe80::b");
    private static readonly Ipv6Address Own = Ipv6Address.Parse("fe80::a");
    private readonly EarlyPackets _early = new(64);

    [Fact]
    public void D40_they_come_back_in_order_once_their_spi_is_known_and_only_once()
    {
        Keep(Start, 0x100, 1);
        Keep(Start, 0x200, 2);
        Keep(Start, 0x100, 3);
        Assert.Equal([1, 3], Take(Start, 0x100));
        Assert.Empty(Take(Start, 0x100));
        Assert.True(_early.Any);
        Assert.Equal([2], Take(Start, 0x200));
        Assert.Empty(Take(Start, 0x200));
        Assert.False(_early.Any);
    }

    [Fact]
    public void D40_they_are_kept_for_a_moment_and_no_longer()
    {
        Keep(Start, 0x100, 1);
        Keep(Start, 0x200, 2);
        Assert.Equal([1], Take(Start + EarlyPackets.Patience, 0x100));
        Assert.Empty(Take(Start + EarlyPackets.Patience + TimeSpan.FromTicks(1), 0x200));
        Assert.False(_early.Any);
    }

    [Fact]
    public void Q01_the_oldest_make_room()
    {
        for (var i = 0; i < EarlyPackets.Capacity + 3; i++)
            Keep(Start, 0x100, (byte)i);
        Assert.Equal(Enumerable.Range(3, EarlyPackets.Capacity).Select(i => (byte)i), Take(Start, 0x100));
    }

    private void Keep(Instant now, uint spi, byte content) => _early.Keep(now, spi, Peer, Own, 0, [content, (byte)spi]);

    private List<byte> Take(Instant now, uint spi)
    {
        var taken = new List<byte>();
        while (_early.TryTake(now, known => known == spi, out var entry, out var packet))
        {
            Assert.Equal((spi, Peer, Own, 2), (entry.Spi, entry.Source, entry.Destination, entry.Length));
            taken.Add(packet[0]);
        }

        return taken;
    }
}
