using Acp.Core.Time;

namespace Acp.Asa.Embedded;

/// <summary>The clock of a <see cref="SimulatedGrasp"/> for whoever counts time by a <see cref="TimeProvider"/>. Timers run on its thread.</summary>
internal sealed class SimulatedTime(SimulatedGrasp network) : TimeProvider
{
    private static readonly DateTimeOffset Begin = new(2031, 3, 14, 15, 9, 26, TimeSpan.Zero);

    private readonly Instant _begin = network.Now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Begin + (network.Now - _begin);

    public override long GetTimestamp() => (network.Now - _begin).Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(network, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}
