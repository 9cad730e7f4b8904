using Acp.Core;
using Acp.Core.Grasp;
using Acp.Tests.Grasp;
using Acp.Wire.Cbor;
using Acp.Wire.Grasp;

namespace Acp.Tests.GraspEngineRoom;

/// <summary>QUADS against what graspy put on the wire with the password "secret".</summary>
public sealed class InsecureQuadsTests : IDisposable
{
    private static readonly CborLimits Limits = GraspConstants.DefaultLimits;

    private readonly InsecureQuads _quads = InsecureQuads.FromPassword("secret");

    public void Dispose() => _quads.Dispose();

    [Fact]
    public void O15_O16_graspys_messages_decrypt_and_ours_are_the_same_octets()
    {
        Assert.Equal(17, GraspyVectors.Quads.Count);
        foreach (var (encrypted, message) in GraspyVectors.Quads)
        {
            Assert.Equal(encrypted, _quads.Encrypt(message));
            Assert.True(_quads.TryDecrypt(encrypted, out var clear));
            Assert.Equal(message, clear);
        }
    }

    [Fact]
    public void O19_another_key_and_octets_of_any_kind_give_no_message()
    {
        using var other = InsecureQuads.FromPassword("Secret");
        var random = new SeededRandom(19);
        foreach (var (encrypted, message) in GraspyVectors.Quads)
        {
            Assert.False(other.TryDecrypt(encrypted, out var wrong) && GraspMessage.TryDecode(wrong, out _, out _));
            Assert.False(GraspMessage.TryDecode(encrypted, out _, out _)); // an engine without QUADS
            Assert.False(_quads.TryDecrypt(message, out wrong) && GraspMessage.TryDecode(wrong, out _, out _));
            for (var length = 0; length < encrypted.Length; length++)
                Assert.False(_quads.TryDecrypt(encrypted.AsSpan(0, length), out wrong) && GraspMessage.TryDecode(wrong, out _, out _));
        }
        for (var i = 0; i < 2000; i++)
        {
            if (_quads.TryDecrypt(random.Bytes(16 * random.Next(8)), out var clear))
                GraspMessage.TryDecode(clear, out _, out _);
        }
    }

    [Fact]
    public void O15_a_stream_is_cut_into_its_messages_however_it_comes()
    {
        var stream = GraspyVectors.Quads.SelectMany(v => v.Encrypted).ToArray();
        var random = new SeededRandom(15);
        var framer = new InsecureQuadsFramer(_quads, Limits);
        var found = new List<byte[]>();
        int start = 0, available = 0;
        while (start < stream.Length)
        {
            switch (framer.Examine(stream.AsSpan(start, available - start), out var length, out var item, out var refusal))
            {
                case CborFrame.Item:
                    found.Add(item);
                    start += length;
                    break;
                case CborFrame.NeedMore:
                    available = Math.Min(stream.Length, available + 1 + random.Next(70));
                    break;
                default:
                    Assert.Fail(refusal.ToString());
                    break;
            }
        }
        Assert.Equal(GraspyVectors.Quads.Select(v => v.Message), found);
    }

    [Fact]
    public void O15_a_message_that_fills_its_blocks_has_one_more_of_padding()
    {
        var message = new WaitMessage(0x11223344, TimeSpan.FromMilliseconds(0x01020304)).Encode();
        var full = Enumerable.Range(24, 16).Select(n => new SynchMessage(1, Samples.Synchronizable() with { Value = Samples.Bytes(n) }).Encode())
            .Single(m => m.Length % InsecureQuads.BlockSize == 0);
        var framer = new InsecureQuadsFramer(_quads, Limits);
        byte[] both = [.. _quads.Encrypt(full), .. _quads.Encrypt(message)];
        Assert.Equal(CborFrame.NeedMore, framer.Examine(both.AsSpan(0, full.Length), out _, out _, out _));
        Assert.Equal(CborFrame.Item, framer.Examine(both, out var length, out var item, out _));
        Assert.Equal(full.Length + InsecureQuads.BlockSize, length);
        Assert.Equal(full, item);
        Assert.Equal(CborFrame.Item, framer.Examine(both.AsSpan(length), out _, out item, out _));
        Assert.Equal(message, item);
    }

    [Fact]
    public void O19_a_stream_of_something_else_is_refused_or_waits_and_never_throws()
    {
        var random = new SeededRandom(20);
        var refused = 0;
        for (var i = 0; i < 2000; i++)
        {
            var octets = random.Bytes(random.Next(200));
            if (new InsecureQuadsFramer(_quads, Limits).Examine(octets, out _, out _, out _) == CborFrame.Refused)
                refused++;
        }
        Assert.True(refused > 200, $"{refused}");
        // CBOR that is whole, behind it no padding.
        var message = new WaitMessage(1, TimeSpan.FromSeconds(1)).Encode();
        var clear = new byte[16];
        message.CopyTo(clear, 0);
        var encrypted = Unpadded(clear);
        Assert.Equal(CborFrame.Refused, new InsecureQuadsFramer(_quads, Limits).Examine(encrypted, out _, out _, out var refusal));
        Assert.Equal(CborRefusal.Malformed, refusal);
    }

    [Fact]
    public void O17_the_key_does_not_print() => Assert.DoesNotContain("a9e60a7e", _quads.ToString(), StringComparison.OrdinalIgnoreCase);

    // One block with nothing of its own for padding: that of a message of one block, without the block of padding behind it.
    private byte[] Unpadded(byte[] block) => _quads.Encrypt(block)[..InsecureQuads.BlockSize];
}
