using Acp.Daemon.Control;

namespace Acp.Daemon.Lab;

/// <summary>Keeps the latest status of every box, asked for over its control socket.</summary>
public sealed class LabMonitor : IAsyncDisposable
{
    /// <summary>While a daemon does not answer; afterwards asking is paced by <see cref="Relaxed"/>.</summary>
    private static readonly TimeSpan Eager = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Relaxed = TimeSpan.FromMilliseconds(250);

    private readonly ControlClient[] _clients;
    private readonly StatusReport?[] _latest;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _all;

    /// <param name="onStatus">Called from any thread with the index of a box and what it just said.</param>
    public LabMonitor(LabPlan plan, Action<int, StatusReport> onStatus)
    {
        _clients = plan.Boxes.Select(b => new ControlClient(b.Daemon.ControlSocket)).ToArray();
        _latest = new StatusReport?[_clients.Length];
        _all = Task.WhenAll(plan.Boxes.Select(b => Task.Run(() => WatchAsync(b.Index, b.Daemon.ControlSocket, onStatus))));
    }

    /// <summary>By index of the box; null until its daemon has answered once.</summary>
    public IReadOnlyList<StatusReport?> Latest() => Enumerable.Range(0, _latest.Length).Select(i => Volatile.Read(ref _latest[i])).ToList();

    /// <summary>Asks every box now; null for one that does not answer.</summary>
    public async Task<IReadOnlyList<(StatusReport Status, IReadOnlyList<ChannelReport> Channels)?>> AskAllAsync(CancellationToken cancellation) =>
        await Task.WhenAll(_clients.Select(async client =>
        {
            try
            {
                return (await client.GetStatusAsync(cancellation), await client.GetChannelsAsync(cancellation));
            }
            catch (ControlException)
            {
                return default((StatusReport, IReadOnlyList<ChannelReport>)?);
            }
        }));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _all;
        foreach (var client in _clients)
            client.Dispose();
        _end.Dispose();
    }

    private async Task WatchAsync(int box, string socketPath, Action<int, StatusReport> onStatus)
    {
        try
        {
            while (true)
            {
                // Until the socket is there, looking for the file costs the starting daemons nothing.
                var pause = Eager;
                if (File.Exists(socketPath))
                {
                    try
                    {
                        var status = await _clients[box].GetStatusAsync(_end.Token);
                        Volatile.Write(ref _latest[box], status);
                        onStatus(box, status);
                        if (status.Identity?.HostAddress is not null)
                            pause = Relaxed;
                    }
                    catch (ControlException)
                    {
                        // Starting, or gone: the lab itself notices the end of a process.
                    }
                }

                await Task.Delay(pause, _end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The lab ends.
        }
    }
}
