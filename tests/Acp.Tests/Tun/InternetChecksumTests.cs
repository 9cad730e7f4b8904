using Acp.Core;
using Acp.Linux.Tun;

namespace Acp.Tests.Tun;

public sealed class InternetChecksumTests
{
    [Fact]
    public void The_example_of_rfc_1071_section_3()
    {
        byte[] bytes = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        Assert.Equal(0xddf2, InternetChecksum.Fold(InternetChecksum.Add(0, bytes)));
        Assert.Equal(0x220d, InternetChecksum.Finish(InternetChecksum.Add(0, bytes)));
    }

    [Fact]
    public void Agrees_with_its_slow_twin_at_every_length_and_offset()
    {
        var random = new SeededRandom(1071);
        for (var i = 0; i < 3000; i++)
        {
            var bytes = random.Bytes(random.Next(300) + 8);
            if (i % 3 == 0)
                Array.Fill(bytes, (byte)0xff);
            var slice = bytes.AsSpan(random.Next(8));
            Assert.Equal(Slow(slice), InternetChecksum.Finish(InternetChecksum.Add(0, slice)));
            var half = slice.Length / 2 & ~1;
            Assert.Equal(Slow(slice), InternetChecksum.Finish(InternetChecksum.Add(InternetChecksum.Add(0, slice[..half]), slice[half..])));
        }
    }

    [Fact]
    public void Sixty_four_kilobytes_of_ones_do_not_overflow()
    {
        var bytes = new byte[65535];
        Array.Fill(bytes, (byte)0xff);
        Assert.Equal(Slow(bytes), InternetChecksum.Finish(InternetChecksum.Add(0, bytes)));
    }

    internal static ushort Slow(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (var i = 0; i < bytes.Length; i += 2)
        {
            sum += (uint)(bytes[i] << 8) | (i + 1 < bytes.Length ? bytes[i + 1] : 0u);
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
