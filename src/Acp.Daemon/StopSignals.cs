using System.Runtime.InteropServices;

namespace Acp.Daemon;

/// <summary>
/// Turns the first SIGTERM or SIGINT into a cancelled token, for a clean end. Whoever sends a second one has lost
/// patience and gets the system's way.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;
    private readonly Action<PosixSignal>? _first;

    /// <param name="first">Called from any thread, before the token is cancelled.</param>
    public StopSignals(Action<PosixSignal>? first = null)
    {
        _first = first;
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
    }

    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
        _stop.Dispose();
    }

    private void OnSignal(PosixSignalContext signal)
    {
        if (_stop.IsCancellationRequested)
            return;
        signal.Cancel = true;
        _first?.Invoke(signal.Signal);
        _stop.Cancel();
    }
}
