using Acp.Core;
using Acp.Daemon.Decode;

namespace Acp.Tests.Decode;

/// <summary>Both capture formats, in both byte orders, and in pieces.</summary>
public class CaptureReaderTests
{
    private static readonly byte[][] Three = [[1, 2, 3], [4, 5, 6, 7, 8], []];

    public static TheoryData<string> Forms => ["pcap little", "pcap big", "pcap nano", "pcapng little", "pcapng big"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Packets_come_out_as_they_went_in(string form)
    {
        var (packets, refusal) = ReadAll(File(form));
        Assert.Equal(CaptureRefusal.None, refusal);
        Assert.Equal(Three, packets.Select(p => p.Bytes.ToArray()));
        Assert.Equal([1, 2, 3], packets.Select(p => p.Number));
        Assert.All(packets, p => Assert.Equal(CaptureLink.Ethernet, p.Link));
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero), packets[0].At);
        Assert.Equal(2, (packets[2].At!.Value - packets[0].At!.Value).TotalMilliseconds, 0.001);
        // The simple packets of pcapng have no time.
        Assert.Equal(form.StartsWith("pcapng", StringComparison.Ordinal), packets[1].At is null);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void What_is_cut_off_gives_the_packets_before_and_says_so(string form)
    {
        var file = File(form);
        var whole = ReadAll(file).Packets;
        var ends = 0;
        for (var length = 0; length < file.Length; length++)
        {
            var (packets, refusal) = ReadAll(file[..length]);
            Assert.True(packets.Count <= whole.Count);
            Assert.Equal(whole.Take(packets.Count).Select(p => p.Bytes.ToArray()), packets.Select(p => p.Bytes.ToArray()));
            if (refusal == CaptureRefusal.None)
                ends++; // between two packets, a file may end
            else
                Assert.Equal(length < 4 ? CaptureRefusal.NotACapture : CaptureRefusal.Truncated, refusal);
        }

        Assert.Equal(form.StartsWith("pcapng", StringComparison.Ordinal) ? 5 : 3, ends);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Mutations_never_throw_nor_ask_for_much(string form)
    {
        var random = new SeededRandom(7);
        var file = File(form);
        var refused = 0;
        for (var round = 0; round < 2000; round++)
        {
            var changed = (byte[])file.Clone();
            for (var i = random.Next(4); i >= 0; i--)
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            var (packets, refusal) = ReadAll(changed);
            Assert.True(packets.Sum(p => p.Bytes.Length) <= file.Length);
            refused += refusal == CaptureRefusal.None ? 0 : 1;
        }

        Assert.InRange(refused, 100, 1999);
    }

    [Fact]
    public void Announced_lengths_are_checked_before_anything_is_made_for_them()
    {
        var file = File("pcap little");
        BitConverter.TryWriteBytes(file.AsSpan(32), uint.MaxValue);
        Assert.Equal(CaptureRefusal.PacketTooLong, ReadAll(file).Refusal);

        var next = File("pcapng little");
        BitConverter.TryWriteBytes(next.AsSpan(28 + 32 + 4), 0x7ffffff0);
        Assert.Equal(CaptureRefusal.BlockTooLong, ReadAll(next).Refusal);
    }

    private static byte[] File(string form) => form switch
    {
        "pcap little" => CaptureFile.Pcap(false, false, 1, Three),
        "pcap big" => CaptureFile.Pcap(true, false, 1, Three),
        "pcap nano" => CaptureFile.Pcap(false, true, 1, Three),
        "pcapng little" => CaptureFile.Pcapng(false, 1, Three),
        _ => CaptureFile.Pcapng(true, 1, Three),
    };

    private static (List<CapturedPacket> Packets, CaptureRefusal Refusal) ReadAll(byte[] file)
    {
        var packets = new List<CapturedPacket>();
        if (!CaptureReader.TryOpen(new MemoryStream(file), out var reader, out var refusal))
            return (packets, refusal);
        while (reader.TryNext(out var packet))
            packets.Add(packet);
        Assert.True(reader.Position <= file.Length);
        return (packets, reader.Refusal);
    }
}
