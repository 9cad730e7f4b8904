namespace Acp.Asa.Embedded;

/// <summary>A timer on virtual time.</summary>
internal sealed class SimulatedTimer(SimulatedGrasp network, TimerCallback callback, object? state) : ITimer
{
    // What was scheduled before the last change is of another age, and does nothing when it comes.
    private int _age;
    private TimeSpan _period;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        _age++;
        _period = period;
        if (dueTime != Timeout.InfiniteTimeSpan)
            Schedule(dueTime);
        return true;
    }

    public void Dispose() => _age++;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Schedule(TimeSpan due)
    {
        var age = _age;
        network.Schedule(due, () =>
        {
            if (age != _age)
                return;
            if (_period > TimeSpan.Zero && _period != Timeout.InfiniteTimeSpan)
                Schedule(_period);
            callback(state);
        });
    }
}
