using System.ComponentModel;
using System.Diagnostics;
using System.Threading.Channels;

namespace Acp.Daemon.Agents.Prefixes;

/// <summary>
/// Runs a program of the operator's for each change, one after the other: <c>PROGRAM add|remove held|delegated|local PREFIX WHO</c>. One that
/// takes longer than <see cref="Patience"/> is ended.
/// </summary>
internal sealed class PrefixHook : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<PrefixChange> _changes = Channel.CreateBounded<PrefixChange>(4096);
    private readonly Task _runner;
    private readonly string _program;
    private readonly Action<string> _say;

    public PrefixHook(string program, Action<string> say)
    {
        _program = program;
        _say = say;
        _runner = Task.Run(RunAllAsync);
    }

    public void Add(PrefixChange change)
    {
        if (!_changes.Writer.TryWrite(change))
            _say($"{_program} is too slow: not told of {PrefixText.Of(change.Prefix)}");
    }

    /// <summary>Ends when all have been told.</summary>
    public async ValueTask DisposeAsync()
    {
        _changes.Writer.TryComplete();
        await _runner;
    }

    private async Task RunAllAsync()
    {
        await foreach (var change in _changes.Reader.ReadAllAsync())
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(
                    _program, [change.Added ? "add" : "remove", change.Kind, PrefixText.Of(change.Prefix), change.Who]))!;
                using var patience = new CancellationTokenSource(Patience);
                try
                {
                    await process.WaitForExitAsync(patience.Token);
                    if (process.ExitCode != 0)
                        _say($"{_program} ended with {process.ExitCode} for {PrefixText.Of(change.Prefix)}");
                }
                catch (OperationCanceledException)
                {
                    process.Kill();
                    _say($"{_program} took too long for {PrefixText.Of(change.Prefix)}");
                }
            }
            catch (Exception e) when (e is Win32Exception or InvalidOperationException)
            {
                _say($"{_program}: {e.Message}");
            }
        }
    }
}
