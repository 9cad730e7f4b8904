using Acp.Core.Time;

namespace Acp.Core.Grasp;

/// <summary>
/// How a session of ours comes to its stream: to the peer that it was given, or to one of those that a discovery finds, the
/// next when one cannot be reached in time. The session takes over when the stream is open.
/// </summary>
internal sealed class SessionOpening(
    GraspState state, DiscoveryMachine discoveries, ISessionOpener session, string objective, TimeSpan timeout, bool mayReuse = true)
    : Timed, IConnectionUser
{
    private Queue<AsaLocator> _candidates = new();
    private Discovery? _discovery;
    private Connection? _connection;
    private bool _hasPeers;

    /// <summary>Where the stream goes, or is to go.</summary>
    public AsaLocator? To { get; private set; }

    /// <summary>Waits for this discovery, unless it is over already.</summary>
    public void Await(Discovery discovery) => _discovery = _hasPeers ? null : discovery;

    public void HandleDiscovered(Instant now, Discovery discovery)
    {
        _discovery = null;
        _hasPeers = true;
        if (discovery.Found.Count == 0)
        {
            session.HandleNobody(now);
            return;
        }
        _candidates = new Queue<AsaLocator>(PeerChoice.InOrder(discovery.Found));
        ConnectToNext(now);
    }

    public void ConnectTo(Instant now, AsaLocator peer) => ConnectTo(now, peer, mayReuse);

    /// <summary>To the same peer once more, on a stream that no session had before.</summary>
    public void Reopen(Instant now) => ConnectTo(now, To!, mayReuse: false);

    /// <summary>The session is over, or has come to a stream by another way.</summary>
    public void Stop(Instant now)
    {
        _hasPeers = true;
        state.Timers.Cancel(this);
        if (_discovery is { } discovery)
            discoveries.Cancel(discovery);
        _connection?.Close(now);
        (_discovery, _connection) = (null, null);
    }

    public void HandleConnected(Instant now)
    {
        state.Timers.Cancel(this);
        var connection = _connection!;
        _connection = null;
        connection.User = session;
        session.HandleOpened(now, connection);
    }

    public void HandleMessage(Instant now, ReadOnlyMemory<byte> bytes)
    {
        // A stream that is not open carries nothing.
    }

    public void HandleClosed(Instant now) => ConnectToNext(now);

    public override void HandleDeadline(Instant now)
    {
        _connection?.Close(now);
        ConnectToNext(now);
    }

    private void ConnectToNext(Instant now)
    {
        state.Timers.Cancel(this);
        _connection = null;
        // Nobody is there (any more): whoever looks next shall look again.
        if (To is { } failed)
            state.DiscoveryCache.Remove(objective, failed.Locator);
        To = null;
        if (_candidates.TryDequeue(out var peer))
            ConnectTo(now, peer);
        else
            session.HandleUnreachable(now, null);
    }

    private void ConnectTo(Instant now, AsaLocator peer, bool mayReuse)
    {
        _hasPeers = true;
        if (!peer.IsReliable)
        {
            session.HandleUnreachable(now, "a session needs a reliable transport");
            return;
        }
        To = peer;
        state.Timers.Set(this, now + timeout);
        _connection = state.Connections.Open(peer, this, mayReuse);
    }
}
