using Acp.Core.Rpl;

namespace Acp.Tests.Rpl;

/// <summary>Lollipop counters, conformance G-13.</summary>
public class SequenceCounterTests
{
    [Theory]
    [InlineData(240, 241)]
    [InlineData(255, 0)]
    [InlineData(0, 1)]
    [InlineData(127, 0)]
    [InlineData(128, 129)]
    public void G13_next(byte value, byte next) => Assert.Equal(next, SequenceCounter.Next(value));

    // The first two are the examples of RFC 6550 §7.2.
    [Theory]
    [InlineData(240, 5, 1)]
    [InlineData(250, 5, -1)]
    [InlineData(240, 0, -1)]
    [InlineData(240, 1, 1)]
    [InlineData(255, 15, -1)]
    [InlineData(255, 16, 1)]
    [InlineData(127, 0, -1)]
    [InlineData(127, 15, -1)]
    [InlineData(127, 16, null)]
    [InlineData(0, 127, 1)]
    [InlineData(10, 26, -1)]
    [InlineData(10, 27, null)]
    [InlineData(240, 241, -1)]
    [InlineData(240, 255, -1)]
    [InlineData(220, 240, null)]
    [InlineData(7, 7, 0)]
    public void G13_comparison(byte a, byte b, int? sign)
    {
        Assert.Equal(sign, SequenceCounter.Compare(a, b) is { } ab ? Math.Sign(ab) : null);
        Assert.Equal(-sign, SequenceCounter.Compare(b, a) is { } ba ? Math.Sign(ba) : null);
    }

    [Fact]
    public void G13_every_counter_is_newer_than_the_sixteen_before_it()
    {
        var history = new List<byte> { SequenceCounter.Initial };
        for (var i = 0; i < 400; i++)
            history.Add(SequenceCounter.Next(history[^1]));
        for (var i = 17; i < history.Count; i++)
        {
            for (var back = 1; back <= 15; back++)
                Assert.True(SequenceCounter.IsNewer(history[i], history[i - back]), $"{history[i]} after {history[i - back]}");
        }
    }
}
