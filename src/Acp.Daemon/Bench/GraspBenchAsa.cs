using System.Diagnostics;
using Acp.Asa;
using Acp.Wire;

namespace Acp.Daemon.Bench;

/// <summary>The ASA of one end: it calls, or it serves, through the API that every ASA uses.</summary>
internal sealed class GraspBenchAsa
{
    private const int FloodedNames = 32;

    // Each takes one request at a time, and between two of them is on its way to the engine and back.
    private const int Listeners = 8;

    // So short that no relay has it cached at the next discovery.
    private static readonly TimeSpan BeyondTtl = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan BeyondPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly Objective Negotiated = Objective.Negotiable("bench:negotiate", 100);
    private static readonly Objective Synchronized = Objective.Synchronizable("bench:synchronize", 100);
    private static readonly Objective Discovered = Objective.Synchronizable("bench:beyond", 100);

    private readonly GraspAsa _asa;
    private readonly TaggedObjective[] _floods = [.. Enumerable.Range(0, FloodedNames)
        .Select(i => new TaggedObjective(Objective.Synchronizable($"bench:flood-{i}", i)))];
    private bool _registeredNegotiation;
    private bool _registeredFloods;
    private int _flooded;

    private GraspBenchAsa(GraspAsa asa) => _asa = asa;

    public static async Task<GraspBenchAsa> StartAsync(GraspApi api) =>
        new(await api.RegisterAsaAsync("bench").ConfigureAwait(false));

    public async Task ServeAsync()
    {
        await _asa.RegisterObjectiveAsync(Negotiated).ConfigureAwait(false);
        await _asa.RegisterObjectiveAsync(Synchronized).ConfigureAwait(false);
        await _asa.ListenSynchronizeAsync(Synchronized).ConfigureAwait(false);
        await _asa.RegisterObjectiveAsync(Discovered, new ObjectiveRegistration { Ttl = BeyondTtl }).ConfigureAwait(false);
        await _asa.ListenSynchronizeAsync(Discovered).ConfigureAwait(false);
        for (var i = 0; i < Listeners; i++)
            _ = AcceptAllAsync();
    }

    public async Task<(int Complete, TimeSpan Elapsed)> CallAsync(string call, Ipv6Address address, ushort port, int count, int atOnce)
    {
        var peer = AsaLocator.Tcp(address, port);
        if (call == "negotiate" && !_registeredNegotiation)
        {
            await _asa.RegisterObjectiveAsync(Negotiated).ConfigureAwait(false);
            _registeredNegotiation = true;
        }

        return await RunAsync(count, atOnce, call switch
        {
            "negotiate" => async () => await _asa.RequestNegotiateAsync(Negotiated, peer).ConfigureAwait(false) is NegotiationResult.Accepted,
            "synchronize" => async () => (await _asa.SynchronizeAsync(Synchronized, peer).ConfigureAwait(false)).Value == Synchronized.Value,
            "discover" => async () => await _asa.DiscoverFirstAsync(Synchronized, Patience, TimeSpan.Zero).ConfigureAwait(false) is not null,
            _ => throw new ArgumentOutOfRangeException(nameof(call), call, "not a call"),
        }).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<TimeSpan>> DiscoverBeyondAsync(int count)
    {
        var times = new List<TimeSpan>();
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var found = await _asa.DiscoverFirstAsync(Discovered, Patience, TimeSpan.Zero).ConfigureAwait(false);
            times.Add(found is null ? Timeout.InfiniteTimeSpan : Stopwatch.GetElapsedTime(start));
            await Task.Delay(BeyondPause).ConfigureAwait(false);
        }

        return times;
    }

    public async Task<TimeSpan> FloodAsync(int count, int perSecond)
    {
        if (!_registeredFloods)
        {
            foreach (var flood in _floods)
                await _asa.RegisterObjectiveAsync(flood.Objective).ConfigureAwait(false);
            _registeredFloods = true;
        }

        var start = Stopwatch.GetTimestamp();
        var (_, elapsed) = await RunAsync(count, 16, async () =>
        {
            var number = Interlocked.Increment(ref _flooded);
            await _asa.FloodAsync(Patience, [_floods[number % FloodedNames]]).ConfigureAwait(false);
            return true;
        }, sent => TimeSpan.FromSeconds((double)sent / perSecond) - Stopwatch.GetElapsedTime(start)).ConfigureAwait(false);
        return elapsed;
    }

    private async Task AcceptAllAsync()
    {
        await foreach (var request in _asa.ListenNegotiateAsync(Negotiated.Name).ConfigureAwait(false))
            _ = AcceptAsync(request);
    }

    private static async Task AcceptAsync(NegotiationRequest request)
    {
        try
        {
            await request.Session.AcceptAsync().ConfigureAwait(false);
        }
        catch (GraspException)
        {
            // The caller is gone.
        }
    }

    /// <param name="ahead">How much too early the next call would be, after so many.</param>
    private static async Task<(int Complete, TimeSpan Elapsed)> RunAsync(int count, int atOnce, Func<Task<bool>> call, Func<int, TimeSpan>? ahead = null)
    {
        var begun = 0;
        var complete = 0;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(WorkAsync))).ConfigureAwait(false);
        return (complete, Stopwatch.GetElapsedTime(start));

        async Task WorkAsync()
        {
            for (int number; (number = Interlocked.Increment(ref begun)) <= count;)
            {
                if (ahead?.Invoke(number) is { } early && early >= TimeSpan.FromMilliseconds(1))
                    await Task.Delay(early).ConfigureAwait(false);
                try
                {
                    if (await call().ConfigureAwait(false))
                        Interlocked.Increment(ref complete);
                }
                catch (GraspException)
                {
                    // Counted: it is not complete.
                }
            }
        }
    }
}
