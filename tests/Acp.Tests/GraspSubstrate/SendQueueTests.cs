using Acp.Linux.Grasp;

namespace Acp.Tests.GraspSubstrate;

/// <summary>What is kept for a slow reader, and what is not.</summary>
public class SendQueueTests
{
    [Fact]
    public void J14_a_queue_without_keys_is_full_when_it_is_full_but_takes_one_item_of_any_size()
    {
        var queue = new SendQueue(10);
        Assert.True(queue.TryEnqueue(new byte[20]));
        Assert.False(queue.TryEnqueue(new byte[1]));
        queue.Advance(20);
        Assert.True(queue.IsEmpty);
        Assert.True(queue.TryEnqueue(new byte[6]));
        Assert.True(queue.TryEnqueue(new byte[4]));
        Assert.False(queue.TryEnqueue(new byte[1]));
        Assert.Equal(10, queue.Octets);
    }

    [Fact]
    public void J15_the_oldest_of_the_same_key_makes_room_and_else_the_oldest()
    {
        // The key is the first octet.
        var queue = new SendQueue(8, item => item.Span[0]);
        foreach (var item in new byte[][] { [1, 0], [2, 0], [1, 1], [3, 0] })
            Assert.True(queue.TryEnqueue(item));
        Assert.True(queue.TryEnqueue(new byte[] { 2, 1 }));
        Assert.True(queue.TryEnqueue(new byte[] { 4, 0 }));
        Assert.Equal(2, queue.Dropped);
        Assert.Equal(["0101", "0300", "0201", "0400"], Rest(queue));
    }

    [Fact]
    public void J15_an_item_of_which_a_part_was_sent_stays()
    {
        var queue = new SendQueue(4, item => item.Span[0]);
        queue.Begin(new byte[] { 9, 9 }, isWhole: false);
        Assert.True(queue.TryEnqueue(new byte[] { 1, 0 }));
        Assert.True(queue.TryEnqueue(new byte[] { 1, 1 }));
        queue.Advance(1);
        Assert.True(queue.TryEnqueue(new byte[] { 2, 1 }));
        Assert.Equal(["09", "0201"], Rest(queue));
    }

    private static List<string> Rest(SendQueue queue)
    {
        var rest = new List<string>();
        while (queue.TryPeek(out var item))
        {
            rest.Add(Convert.ToHexStringLower(item.Span));
            queue.Advance(item.Length);
        }
        return rest;
    }
}
