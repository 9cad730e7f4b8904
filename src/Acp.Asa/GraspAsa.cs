using System.Runtime.CompilerServices;
using Acp.Wire.Grasp;

namespace Acp.Asa;

/// <summary>
/// A registered ASA and its functions, under the names of RFC 8991 §2.3. All may be called from any thread, and at once.
/// A failed call throws a <see cref="GraspException"/>; one that is cancelled ends what it had begun. Where a timeout is
/// zero it is GRASP_DEF_TIMEOUT (60 s).
/// </summary>
public sealed class GraspAsa : IAsyncDisposable
{
    // On the port zero flushes the cache, and whatever has expired is gone from it anyway.
    private static readonly TimeSpan KeepCache = TimeSpan.FromTicks(1);

    private readonly IGraspPort _port;
    private readonly uint _handle;
    private bool _gone;

    internal GraspAsa(IGraspPort port, string name, uint handle)
    {
        _port = port;
        Name = name;
        _handle = handle;
    }

    public string Name { get; }

    /// <summary>deregister_asa: its objectives, sessions and listeners go with it.</summary>
    public async Task DeregisterAsaAsync(CancellationToken cancel = default)
    {
        Check(await _port.DeregisterAsa(_handle, Name, cancel).ConfigureAwait(false));
        _gone = true;
    }

    /// <summary>register_objective. Its value does not matter here.</summary>
    public async Task RegisterObjectiveAsync(Objective objective, ObjectiveRegistration? registration = null, CancellationToken cancel = default) =>
        Check(await _port.RegisterObjective(_handle, objective.ToWire(), registration ?? ObjectiveRegistration.Default, cancel).ConfigureAwait(false));

    /// <summary>deregister_objective.</summary>
    public async Task DeregisterObjectiveAsync(string objective, CancellationToken cancel = default) =>
        Check(await _port.DeregisterObjective(_handle, objective, cancel).ConfigureAwait(false));

    /// <summary>discover: everybody who answers within the timeout, the best first.</summary>
    /// <param name="timeout">Zero gives what is known already and looks no further.</param>
    /// <param name="minimumTtl">What is cached and lives no longer than this is forgotten first: all of it, if zero (RFC 8991 §2.3.4). Null forgets nothing.</param>
    public async Task<IReadOnlyList<AsaLocator>> DiscoverAsync(
        Objective objective, TimeSpan timeout, TimeSpan? minimumTtl = null, CancellationToken cancel = default) =>
        Check(await _port.Discover(_handle, objective.ToWire(), timeout, minimumTtl ?? KeepCache, 0, cancel).ConfigureAwait(false)).Locators;

    /// <summary>discover, but no longer than until somebody is known. Null when nobody answers in time.</summary>
    public async Task<AsaLocator?> DiscoverFirstAsync(
        Objective objective, TimeSpan timeout, TimeSpan? minimumTtl = null, CancellationToken cancel = default)
    {
        var found = Check(await _port.Discover(_handle, objective.ToWire(), timeout, minimumTtl ?? KeepCache, 1, cancel).ConfigureAwait(false)).Locators;
        return found.Count > 0 ? found[0] : null;
    }

    /// <summary>request_negotiate: makes the first offer and waits for what the peer says to it.</summary>
    /// <param name="peer">Null discovers one.</param>
    /// <param name="rapid">Put the offer into the discovery, for responders in rapid mode.</param>
    public async Task<NegotiationResult> RequestNegotiateAsync(
        Objective objective, AsaLocator? peer = null, TimeSpan timeout = default, bool rapid = false, CancellationToken cancel = default)
    {
        var reply = await _port.RequestNegotiate(_handle, objective.ToWire(), peer, timeout, rapid, false, cancel).ConfigureAwait(false);
        return Session(reply.Session ?? 0, reply).Result(reply);
    }

    /// <summary>
    /// request_negotiate for a free exchange: the request is sent, no answer awaited, and both ends say what they like
    /// with <see cref="NegotiationSession.SendAsync"/> and <see cref="NegotiationSession.ReceiveAsync"/>.
    /// </summary>
    public async Task<NegotiationSession> RequestExchangeAsync(
        Objective objective, AsaLocator? peer = null, TimeSpan timeout = default, CancellationToken cancel = default)
    {
        var reply = await _port.RequestNegotiate(_handle, objective.ToWire(), peer, timeout, false, true, cancel).ConfigureAwait(false);
        return reply is { Error: GraspError.noReply or GraspError.ok, Session: { } handle }
            ? Session(handle, reply)
            : throw GraspException.Of(reply.Error, reply.Reason);
    }

    /// <summary>
    /// listen_negotiate: every request that comes in, for as long as one reads on. Serve each as a task of its own and many
    /// peers are served at once. Leaving the loop stops listening (stop_listen_negotiate).
    /// </summary>
    public async IAsyncEnumerable<NegotiationRequest> ListenNegotiateAsync(
        string objective, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        try
        {
            while (true)
            {
                var reply = await _port.ListenNegotiate(_handle, objective, cancel).ConfigureAwait(false);
                if (reply.Error == GraspError.IDclash)
                    continue; // one initiator's mishap is no reason to stop listening
                if (reply is { Error: GraspError.unspec })
                    yield break; // stop_listen_negotiate
                Check(reply);
                yield return new NegotiationRequest(Session(reply.Session!.Value, reply), Objective.FromWire(reply.Objective!), reply.Peer);
            }
        }
        finally
        {
            await _port.StopListenNegotiate(_handle, objective, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>stop_listen_negotiate: loops over <see cref="ListenNegotiateAsync"/> end.</summary>
    public async Task StopListenNegotiateAsync(string objective, CancellationToken cancel = default) =>
        Check(await _port.StopListenNegotiate(_handle, objective, cancel).ConfigureAwait(false));

    /// <summary>synchronize: the objective with its value as some peer has it; a flooded copy is given at once.</summary>
    /// <param name="peer">Null takes a flooded copy, or discovers somebody.</param>
    public async Task<Objective> SynchronizeAsync(
        Objective objective, AsaLocator? peer = null, TimeSpan timeout = default, bool rapid = false, CancellationToken cancel = default) =>
        Objective.FromWire(Check(await _port.Synchronize(_handle, objective.ToWire(), peer, timeout, rapid, cancel).ConfigureAwait(false)).Objective!);

    /// <summary>listen_synchronize: whoever asks is given this value from now on. Call again when it changes.</summary>
    public async Task ListenSynchronizeAsync(Objective objective, CancellationToken cancel = default) =>
        Check(await _port.ListenSynchronize(_handle, objective.ToWire(), cancel).ConfigureAwait(false));

    /// <summary>stop_listen_synchronize.</summary>
    public async Task StopListenSynchronizeAsync(string objective, CancellationToken cancel = default) =>
        Check(await _port.StopListenSynchronize(_handle, objective, cancel).ConfigureAwait(false));

    /// <summary>flood: gives objectives to every node.</summary>
    /// <param name="ttl">How long the copies are good for; zero for ever.</param>
    public async Task FloodAsync(TimeSpan ttl, IReadOnlyList<TaggedObjective> objectives, CancellationToken cancel = default) =>
        Check(await _port.Flood(_handle, ttl, [.. objectives.Select(o => new FloodEntry(o.Objective.ToWire(), o.Locator))], cancel).ConfigureAwait(false));

    /// <summary>flood, one objective without a locator.</summary>
    public Task FloodAsync(TimeSpan ttl, Objective objective, CancellationToken cancel = default) =>
        FloodAsync(ttl, [new TaggedObjective(objective)], cancel);

    /// <summary>get_flood: the copies that are known, the newest first.</summary>
    /// <param name="objective">Null for those of all objectives.</param>
    public async Task<IReadOnlyList<TaggedObjective>> GetFloodAsync(string? objective, CancellationToken cancel = default) =>
        Check(await _port.GetFlood(_handle, objective, cancel).ConfigureAwait(false)).Floods;

    /// <summary>
    /// Every copy that is known, and then every one that is new or has another value, for as long as one reads on. A value
    /// that changes faster than it is read is given as it is in the end.
    /// </summary>
    /// <param name="objective">Null for all.</param>
    public async IAsyncEnumerable<TaggedObjective> WatchFloodsAsync(
        string? objective = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        for (var after = 0L; ;)
        {
            var reply = Check(await _port.WatchFloods(_handle, objective, after, cancel).ConfigureAwait(false));
            after = reply.Next;
            foreach (var flood in reply.Floods)
                yield return flood;
        }
    }

    /// <summary>expire_flood: forgets one copy, here.</summary>
    public async Task ExpireFloodAsync(TaggedObjective flood, CancellationToken cancel = default) =>
        Check(await _port.ExpireFlood(_handle, flood.Objective.Name, flood.Locator, cancel).ConfigureAwait(false));

    public async ValueTask DisposeAsync()
    {
        if (_gone)
            return;
        _gone = true;
        await _port.DeregisterAsa(_handle, Name, CancellationToken.None).ConfigureAwait(false);
    }

    private static PortReply Check(PortReply reply)
    {
        GraspException.ThrowIfFailed(reply);
        return reply;
    }

    private NegotiationSession Session(uint handle, PortReply reply) => new(_port, _handle, handle, reply.Peer);
}
