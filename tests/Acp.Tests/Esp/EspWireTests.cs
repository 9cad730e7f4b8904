using Acp.Wire.Esp;

namespace Acp.Tests.Esp;

/// <summary>E-12: the layout alone, without crypto.</summary>
public sealed class EspWireTests
{
    [Fact]
    public void E12_trailer_of_every_residue()
    {
        for (var n = 0; n < 300; n++)
        {
            var plaintext = new byte[n + 8];
            var length = EspTrailer.Write(plaintext, n, EspNextHeader.Ipv6);
            Assert.Equal(0, length % 4);
            Assert.InRange(length - n, 2, 5);
            Assert.True(EspTrailer.TryRead(plaintext.AsSpan(0, length), out var trailer, out _));
            Assert.Equal(new EspTrailer(n, EspNextHeader.Ipv6), trailer);
        }

        byte[] bytes = [7, 0, 0, 0];
        Assert.Equal(4, EspTrailer.Write(bytes, 1, EspNextHeader.None));
        Assert.Equal([7, 1, 1, 59], bytes);
    }

    [Fact]
    public void Header_both_ways_and_every_short_length()
    {
        var packet = new byte[EspHeader.MinimumPacketSize];
        var header = new EspHeader(0x01020304, 0x05060708, 0x090a0b0c0d0e0f10);
        header.Write(packet);
        Assert.Equal(Enumerable.Range(1, 16).Select(i => (byte)i), packet.Take(16));
        Assert.True(EspHeader.TryRead(packet, out var read, out var refusal));
        Assert.Equal(header, read);
        Assert.Equal(EspRefusal.None, refusal);
        for (var n = 0; n < packet.Length; n++)
        {
            Assert.False(EspHeader.TryRead(packet.AsSpan(0, n), out _, out refusal));
            Assert.Equal(EspRefusal.TooShort, refusal);
        }
    }
}
