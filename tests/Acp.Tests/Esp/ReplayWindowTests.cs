using Acp.Core;
using Acp.Core.Esp;

namespace Acp.Tests.Esp;

/// <summary>E-09, E-11.</summary>
public sealed class ReplayWindowTests
{
    [Theory]
    [InlineData(64, 1)]
    [InlineData(64, 2)]
    [InlineData(128, 3)]
    [InlineData(960, 4)]
    [InlineData(1024, 5)]
    public void E09_agrees_with_its_slow_twin_on_random_numbers(int size, ulong seed)
    {
        var random = new SeededRandom(seed);
        var window = new ReplayWindow(size);
        var twin = new SlowReplayWindow(size);
        ulong top = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var offset = random.Next(10) switch
            {
                0 => random.Next(4 * size), // a leap ahead
                < 6 => random.Next(3),
                _ => -random.Next(size + size / 2),
            };
            var sequence = (ulong)Math.Max(0, (long)top + offset);
            var expected = twin.Check(sequence);
            Assert.Equal(expected, window.Check(sequence));
            if (expected != EspDrop.None || random.Next(4) == 0)
                continue; // a forged packet marks nothing
            window.Mark(sequence);
            twin.Mark(sequence);
            top = Math.Max(top, sequence);
            Assert.Equal(top, window.Top);
        }
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    public void E11_the_guessed_high_half_is_right_within_half_the_space(ulong seed)
    {
        // Appendix A2 is right for anything from the window's bottom up to 2^32 - W beyond the top: try all borders.
        var random = new SeededRandom(seed);
        for (var i = 0; i < 50_000; i++)
        {
            var top = ((ulong)random.Next(4) << 32) + (random.Next(2) == 0 ? (ulong)random.Next(3000) : uint.MaxValue - (ulong)random.Next(3000));
            if (top == 0)
                continue;
            var window = new ReplayWindow();
            window.Mark(top);
            var sequence = random.Next(2) == 0 ? top + (ulong)random.Next(int.MaxValue) : top - Math.Min(top, (ulong)random.Next(1024));
            Assert.True(window.TryExtend((uint)sequence, out var guessed));
            Assert.Equal(sequence, guessed);
        }
    }

    [Fact]
    public void E11_nothing_lies_before_the_first_or_after_the_last_number()
    {
        var window = new ReplayWindow();
        Assert.False(window.TryExtend(uint.MaxValue, out _));
        window.Mark(5);
        Assert.False(window.TryExtend(uint.MaxValue - 3, out _));
        window.Mark(ulong.MaxValue);
        Assert.False(window.TryExtend(0, out _));
        Assert.True(window.TryExtend(uint.MaxValue - 1, out var sequence));
        Assert.Equal(ulong.MaxValue - 1, sequence);
    }

    [Fact]
    public void E09_zero_is_never_new() => Assert.Equal(EspDrop.Replayed, new ReplayWindow().Check(0));

    [Theory]
    [InlineData(32)]
    [InlineData(65)]
    [InlineData(0)]
    public void E09_a_window_below_64_or_uneven_is_refused(int size) =>
        Assert.ThrowsAny<ArgumentException>(() => new ReplayWindow(size));

    /// <summary>The obvious way: remember every number.</summary>
    private sealed class SlowReplayWindow(int size)
    {
        private readonly HashSet<ulong> _seen = [];
        private ulong _top;

        public EspDrop Check(ulong sequence) =>
            sequence == 0 || _seen.Contains(sequence) && sequence + (ulong)size > _top ? EspDrop.Replayed
            : sequence + (ulong)size <= _top ? EspDrop.TooOld
            : EspDrop.None;

        public void Mark(ulong sequence)
        {
            _seen.Add(sequence);
            _top = Math.Max(_top, sequence);
        }
    }
}
