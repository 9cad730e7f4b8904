using Acp.Asa;
using Acp.Wire;

namespace Acp.Daemon.Agents.Prefixes;

/// <summary>
/// An ASA that hands IP prefixes down a tree (RFC 8992): it gives parts of its pool to whoever asks, gets space for it from another such
/// ASA if it is told to, and puts a /64 on each interface it is given. What it has given and got survives it. Knows only the GRASP API.
/// </summary>
/// <remarks>
/// This file holds its beginning, its end and what both sides share; <c>PrefixManager.Delegating.cs</c> gives, <c>PrefixManager.Requesting.cs</c> gets.
/// </remarks>
/// <param name="changed">Told after the fact, in order; may be null.</param>
/// <param name="say">A line for people, and for whoever audits.</param>
internal sealed partial class PrefixManager(
    GraspAsa asa, PrefixLimits limits, IPrefixStore store, PrefixManagerOptions options, IPrefixPlaces places, TimeProvider time,
    Action<PrefixChange>? changed, Action<string> say)
{
    private readonly Lock _gate = new();
    private readonly PrefixLedger _ledger = new(limits);
    private readonly TaskCompletionSource _hasSpace = new();
    private TaskCompletionSource _shortage = new();

    // A responder that would agree to a dry run would have to keep state for nothing (RFC 8992 §5.1): they are let in to be told so.
    private static readonly Objective Listening = Objective.DryRun(PrefixValue.ObjectiveName);

    /// <summary>Until cancelled.</summary>
    /// <exception cref="FormatException">The saved state is damaged, or the pool cannot be what it was told to be.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        Begin();
        try
        {
            await asa.RegisterObjectiveAsync(Listening, cancel: cancel).ConfigureAwait(false);
            await asa.RegisterObjectiveAsync(Parameters(default), new ObjectiveRegistration { Overlap = true }, cancel).ConfigureAwait(false);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            await Task.WhenAll(
                TogetherAsync(options.HandsOn ? PatientlyAsync(DelegateAsync, stop.Token) : Task.CompletedTask, stop),
                TogetherAsync(options.Asks ? AcquireAsync(stop.Token) : Task.CompletedTask, stop),
                TogetherAsync(
                    options.Parameters is { } parameters ? PatientlyAsync(c => FloodAsync(parameters, c), stop.Token) : Task.CompletedTask, stop)).ConfigureAwait(false);
        }
        finally
        {
            Report(places.Apply([], []));
        }
    }

    /// <summary>What fails takes the others along.</summary>
    private static async Task TogetherAsync(Task part, CancellationTokenSource stop)
    {
        try
        {
            await part.ConfigureAwait(false);
        }
        finally
        {
            if (!part.IsCompletedSuccessfully)
                Cancel(stop);
        }

        static void Cancel(CancellationTokenSource stop) => stop.Cancel();
    }

    /// <summary>An ACP may come later, and go.</summary>
    private async Task PatientlyAsync(Func<CancellationToken, Task> work, CancellationToken cancel)
    {
        for (var said = false; ;)
        {
            try
            {
                await work(cancel).ConfigureAwait(false);
                return;
            }
            catch (GraspUnavailableException e) when (e.Error == Wire.Grasp.GraspError.noSecurity)
            {
                if (!said)
                    say("waiting for a network to talk over");
                said = true;
                await Task.Delay(options.FirstPause, time, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>For status and tests.</summary>
    public PrefixState State()
    {
        lock (_gate)
        {
            _ledger.Expire(time.GetUtcNow());
            return _ledger.State();
        }
    }

    private static Objective Parameters(CborValue value) => Objective.Synchronizable(PrefixParameters.ObjectiveName, value);

    private void Begin()
    {
        lock (_gate)
        {
            var saved = store.Load();
            // Space that was configured and is no longer goes; what was given out of it stays its owners'.
            _ledger.Restore(saved with { Roots = [.. saved.Roots.Where(r => r.From is not null || options.Pool.Contains(r.Prefix))] }, time.GetUtcNow());
            foreach (var prefix in options.Pool.Where(p => _ledger.Roots.All(r => r.Prefix != p)))
            {
                if (_ledger.TryAddRoot(new PrefixRoot(prefix, null, time.GetUtcNow())) is var refusal and not PrefixRootRefusal.None)
                    throw new FormatException($"{PrefixText.Of(prefix)} cannot be handed out: {Decode.RefusalWords.Of(refusal)}");
            }

            store.Save(_ledger.State());
        }

        Settle();
    }

    private void Settle()
    {
        List<Ipv6Prefix> held;
        var local = new List<(string, Ipv6Prefix)>();
        lock (_gate)
        {
            held = [.. _ledger.Roots.Select(r => r.Prefix)];
            foreach (var name in options.Interfaces)
            {
                if (_ledger.TakeLocal($"interface {name}", 64, time.GetUtcNow()) is { } lease)
                    local.Add((name, lease.Prefix));
                else if (held.Count > 0)
                    say($"no /64 is left for {name}");
            }

            store.Save(_ledger.State());
        }

        if (held.Count > 0)
            _hasSpace.TrySetResult();
        Report(places.Apply([.. held.Where(h => !h.IsIpv4())], local));
        foreach (var (name, prefix) in local)
            changed?.Invoke(new PrefixChange(true, "local", prefix, name));
    }

    private void Report(IReadOnlyList<string> failures)
    {
        foreach (var failure in failures)
            say(failure);
    }

    private async Task FloodAsync(PrefixParameters parameters, CancellationToken cancel)
    {
        var objective = Parameters(parameters.ToCbor());
        await asa.ListenSynchronizeAsync(objective, cancel).ConfigureAwait(false);
        while (true)
        {
            await asa.FloodAsync(options.FloodInterval * 3.5, objective, cancel).ConfigureAwait(false);
            await Task.Delay(options.FloodInterval, time, cancel).ConfigureAwait(false);
        }
    }

    private static string Name(AsaLocator peer) => peer.Locator is Wire.Grasp.Ipv6Locator six ? six.Address.ToString() : peer.Locator.ToString();
}
