using System.Formats.Cbor;
using Acp.Core;
using Acp.Wire.Cbor;

namespace Acp.Tests.Grasp;

/// <summary>Trap 3 and Q-02: CBOR is its own frame, and a hostile one costs nothing.</summary>
public class CborItemFramerTests
{
    private static readonly CborLimits Limits = new(2048, 8, 200, 100);

    [Theory]
    // RFC 8949 Appendix A
    [InlineData("00")]
    [InlineData("1bffffffffffffffff")]
    [InlineData("3bffffffffffffffff")]
    [InlineData("c249010000000000000000")]
    [InlineData("f97e00")]
    [InlineData("fb7e37e43c8800759c")]
    [InlineData("f4")]
    [InlineData("f7")]
    [InlineData("f8ff")]
    [InlineData("c074323031332d30332d32315432303a30343a30305a")]
    [InlineData("40")]
    [InlineData("62c3bc")]
    [InlineData("80")]
    [InlineData("8301820203820405")]
    [InlineData("a26161016162820203")]
    [InlineData("5f42010243030405ff")]
    [InlineData("7f657374726561646d696e67ff")]
    [InlineData("9fff")]
    [InlineData("9f018202039f0405ffff")]
    [InlineData("83019f0203ff820405")]
    [InlineData("bf61610161629f0203ffff")]
    [InlineData("826161bf61626163ff")]
    public void Whole_items_are_found_and_every_prefix_needs_more(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        var framer = new CborItemFramer(Limits);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(CborFrame.NeedMore, framer.Examine(bytes.AsSpan(0, length), out _, out _));
            Assert.Equal(CborFrame.NeedMore, new CborItemFramer(Limits).Examine(bytes.AsSpan(0, length), out _, out _));
        }
        byte[] followed = [.. bytes, 0x83, 0xff];
        Assert.Equal(CborFrame.Item, framer.Examine(followed, out var end, out _));
        Assert.Equal(bytes.Length, end);
    }

    [Theory]
    [InlineData("ff", CborRefusal.Malformed)]
    [InlineData("1c", CborRefusal.Malformed)]
    [InlineData("1f", CborRefusal.Malformed)]
    [InlineData("df", CborRefusal.Malformed)]
    [InlineData("81ff", CborRefusal.Malformed)]
    [InlineData("bf00ff", CborRefusal.Malformed)]
    [InlineData("9fc0ff", CborRefusal.Malformed)]
    [InlineData("5f00ff", CborRefusal.Malformed)]
    [InlineData("5f6161ff", CborRefusal.Malformed)]
    [InlineData("5f5fffff", CborRefusal.Malformed)]
    [InlineData("f800", CborRefusal.Malformed)]
    [InlineData("f81f", CborRefusal.Malformed)]
    [InlineData("9bffffffffffffffff", CborRefusal.TooManyElements)]
    [InlineData("9b8000000000000000", CborRefusal.TooManyElements)]
    [InlineData("bb8000000000000000", CborRefusal.TooManyElements)]
    [InlineData("bb7fffffffffffffff", CborRefusal.TooManyElements)]
    [InlineData("98c8", CborRefusal.TooManyElements)]
    [InlineData("5bffffffffffffffff", CborRefusal.TooLarge)]
    [InlineData("5b7fffffffffffffff", CborRefusal.TooLarge)]
    [InlineData("5a00000800", CborRefusal.TooLarge)]
    [InlineData("7865", CborRefusal.TextTooLong)]
    [InlineData("818181818181818181", CborRefusal.TooDeep)]
    [InlineData("9f9f9f9f9f9f9f9f9f", CborRefusal.TooDeep)]
    public void Q02_bad_or_oversized_items_are_refused_from_their_heads(string hex, CborRefusal expected)
    {
        var framer = new CborItemFramer(Limits);
        var bytes = Convert.FromHexString(hex);
        Assert.Equal(CborFrame.Refused, framer.Examine(bytes, out _, out var refusal));
        Assert.Equal(expected, refusal);
        Assert.Equal(CborFrame.Refused, framer.Examine(bytes, out _, out refusal));
        Assert.Equal(expected, refusal);
        framer.Reset();
        Assert.Equal(CborFrame.Item, framer.Examine([0x01], out _, out _));
    }

    [Fact]
    public void A_stream_of_tags_or_small_items_ends_at_the_limits()
    {
        Assert.Equal(CborFrame.Refused, new CborItemFramer(Limits).Examine(Enumerable.Repeat((byte)0xc0, 5000).ToArray(), out _, out var refusal));
        Assert.Equal(CborRefusal.TooDeep, refusal);
        byte[] endless = [0x9f, .. new byte[5000]];
        Assert.Equal(CborFrame.Refused, new CborItemFramer(Limits).Examine(endless, out _, out refusal));
        Assert.Equal(CborRefusal.TooManyElements, refusal);
        Assert.Equal(CborFrame.Refused, new CborItemFramer(Limits with { MaxElements = 100_000 }).Examine(endless, out _, out refusal));
        Assert.Equal(CborRefusal.TooLarge, refusal);
    }

    [Fact]
    public void Trap3_messages_are_found_however_the_stream_is_cut()
    {
        var random = new SeededRandom(7017);
        var stream = GraspyVectors.All.SelectMany(v => v.Message).ToArray();
        var framer = new CborItemFramer(new CborLimits(2048, 24, 1024, 2048));
        var found = new List<byte[]>();
        int start = 0, available = 0;
        while (start < stream.Length)
        {
            switch (framer.Examine(stream.AsSpan(start, available - start), out var length, out var refusal))
            {
                case CborFrame.Item:
                    found.Add(stream.AsSpan(start, length).ToArray());
                    start += length;
                    break;
                case CborFrame.NeedMore:
                    available = Math.Min(stream.Length, available + 1 + random.Next(90));
                    break;
                default:
                    Assert.Fail(refusal.ToString());
                    break;
            }
        }
        Assert.Equal(GraspyVectors.All.Select(v => v.Message), found);
    }

    /// <summary>The slow, obvious twin: System.Formats.Cbor must agree on what is well-formed.</summary>
    [Fact]
    public void The_framer_agrees_with_the_reader_of_the_platform()
    {
        var random = new SeededRandom(8949);
        var limits = new CborLimits(2048, 60, 2000, 2048);
        int items = 0, refusals = 0;
        for (var round = 0; round < 60_000; round++)
        {
            byte[] bytes;
            if (random.Next(2) == 0)
            {
                bytes = random.Bytes(1 + random.Next(12));
            }
            else
            {
                bytes = GraspyVectors.All[random.Next(GraspyVectors.All.Count)].Message.ToArray();
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
            var ours = new CborItemFramer(limits).Examine(bytes, out var length, out var refusal);
            int? theirs = null;
            try
            {
                var reader = new CborReader(bytes, CborConformanceMode.Lax, allowMultipleRootLevelValues: true);
                theirs = reader.ReadEncodedValue().Length;
            }
            catch (Exception e) when (e is CborContentException or InvalidOperationException)
            {
            }
            // The platform's lax mode takes two-octet simple values below 32, which are not well-formed; and it has no limits.
            if (refusal == CborRefusal.Malformed && theirs is { } n && bytes.AsSpan(0, n).Contains((byte)0xf8))
                continue;
            Assert.True((ours == CborFrame.Item ? length : null as int?) == theirs, $"{Convert.ToHexStringLower(bytes)}: {ours} {refusal} {length}, {theirs}");
            items += theirs is null ? 0 : 1;
            refusals += theirs is null ? 1 : 0;
        }
        Assert.True(items > 1000 && refusals > 1000);
    }

    [Fact]
    public void Reads_of_another_kind_leave_the_position_alone()
    {
        Assert.True(BoundedCborReader.TryOpen(Cbor.Encode(new object?[] { 5, "a", new byte[1], null }), Limits, out var reader, out _));
        Assert.False(reader.TryReadText(out _));
        Assert.True(reader.TryReadStartArray());
        Assert.False(reader.TryReadText(out _));
        Assert.False(reader.TryReadBytes(out _));
        Assert.False(reader.TryReadNull());
        Assert.False(reader.TryReadEndArray());
        Assert.True(reader.TryReadUInt(5, out var five));
        Assert.Equal(5ul, five);
        Assert.True(reader.TryReadText(out var text));
        Assert.Equal("a", text);
        Assert.True(reader.TryReadBytes(out var bytes));
        Assert.Single(bytes);
        Assert.True(reader.TryReadNull());
        Assert.True(reader.AtEndOfArray);
        Assert.True(reader.TryReadEndArray());
        Assert.False(reader.TryReadEncoded(out _));
    }
}
