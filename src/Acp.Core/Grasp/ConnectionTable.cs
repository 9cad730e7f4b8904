using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>
/// The streams of one engine. A stream from this node to itself stays inside (J-13): what is sent on it is delivered when
/// the event that caused it has been dealt with.
/// </summary>
internal sealed class ConnectionTable(GraspState state)
{
    private readonly Dictionary<ConnectionId, Connection> _all = [];
    private readonly Dictionary<Ipv6Address, int> _silentByPeer = [];
    private readonly Queue<(Connection To, byte[]? Bytes, LoopbackEvent What)> _loopback = new();
    private long _ids;
    private int _silent;

    private enum LoopbackEvent
    {
        Opened,
        Message,
        Closed,
    }

    public int Count => _all.Count;

    public int SilentCount => _silent;

    /// <summary>Streams between sessions.</summary>
    public KeptStreams Kept { get; } = new(state);

    public Connection? Find(ConnectionId id) => _all.GetValueOrDefault(id);

    /// <summary>
    /// Opens a stream for <paramref name="user"/>, who is told when it is open; or for nobody, who sends something and
    /// closes it at once.
    /// </summary>
    /// <param name="mayReuse">One that is kept from another session will do.</param>
    public Connection Open(AsaLocator to, IConnectionUser? user, bool mayReuse = false)
    {
        if (mayReuse && Kept.TryTake(to) is { } kept)
        {
            kept.User = user;
            _loopback.Enqueue((kept, null, LoopbackEvent.Opened));
            return kept;
        }
        var remote = (to.Locator as Ipv6Locator)?.Address;
        var connection = Add(remote, to.Interface, to);
        connection.User = user;
        if (state.IsOurselves(to))
        {
            var other = Add(state.OwnAddress, null, null);
            (connection.Loopback, other.Loopback) = (other, connection);
            _loopback.Enqueue((connection, null, LoopbackEvent.Opened));
        }
        else
        {
            state.Actions.Add(new GraspAction.Connect(connection.Id, to));
        }
        return connection;
    }

    /// <summary>A stream from outside. Null when there are too many that said nothing (I-26).</summary>
    public Connection? Accept(Instant now, Ipv6Address? remote, GraspInterfaceId? arrival)
    {
        var ofPeer = remote is { } peer ? _silentByPeer.GetValueOrDefault(peer) : 0;
        if (_silent >= state.Options.MaxSilentStreams || ofPeer >= state.Options.MaxSilentStreamsPerPeer)
        {
            state.Counters.Count(GraspDropReason.Overload);
            return null;
        }
        var connection = Add(remote, arrival, null);
        connection.IsSilent = true;
        connection.Since = now;
        _silent++;
        if (remote is { } counted)
            _silentByPeer[counted] = ofPeer + 1;
        Wake(connection, now + state.Options.SilentStreamTimeout);
        return connection;
    }

    /// <summary>It is somebody's now, or was spoken on and answered at once.</summary>
    public void Adopt(Connection connection, IConnectionUser? user = null)
    {
        NoLongerSilent(connection);
        Kept.Forget(connection);
        connection.User = user;
    }

    /// <summary>The other end closed it.</summary>
    public void HandleClosed(Instant now, ConnectionId id)
    {
        if (Find(id) is { } connection)
            HandleClosed(now, connection);
    }

    /// <summary>Delivers what this node sent to itself, and what that leads to.</summary>
    public void DeliverLoopback(Instant now, Action<Instant, Connection, ReadOnlyMemory<byte>> deliver)
    {
        while (_loopback.TryDequeue(out var next))
        {
            if (next.To.IsGone)
                continue;
            switch (next.What)
            {
                case LoopbackEvent.Opened:
                    next.To.HandleOpen(now);
                    break;
                case LoopbackEvent.Message:
                    deliver(now, next.To, next.Bytes);
                    break;
                default:
                    HandleClosed(now, next.To);
                    break;
            }
        }
    }

    public void Wake(Connection connection, Instant at) => state.Timers.Set(connection, at);

    /// <summary>For <see cref="Connection"/>: it may be sent now.</summary>
    public void Transmit(Connection connection, byte[] bytes, bool more = false)
    {
        if (connection.Loopback is { } other)
            _loopback.Enqueue((other, bytes, LoopbackEvent.Message));
        else
            state.Actions.Add(new GraspAction.SendOnStream(connection.Id, bytes) { More = more });
    }

    /// <summary>For <see cref="Connection"/>: it is over, on our side.</summary>
    public void Drop(Instant now, Connection connection)
    {
        if (connection.Loopback is { } other)
            _loopback.Enqueue((other, null, LoopbackEvent.Closed));
        else
            state.Actions.Add(new GraspAction.CloseStream(connection.Id));
        Remove(connection);
    }

    public void HandleSilence(Instant now, Connection connection)
    {
        state.Counters.Count(GraspDropReason.IdleStream);
        connection.Close(now);
    }

    private Connection Add(Ipv6Address? remote, GraspInterfaceId? arrival, AsaLocator? to)
    {
        var connection = new Connection(this, new ConnectionId(++_ids), remote, arrival, to is not null) { To = to };
        _all.Add(connection.Id, connection);
        return connection;
    }

    private void HandleClosed(Instant now, Connection connection)
    {
        var user = connection.User;
        Remove(connection);
        user?.HandleClosed(now);
    }

    private void Remove(Connection connection)
    {
        NoLongerSilent(connection);
        Kept.Forget(connection);
        connection.User = null;
        connection.IsGone = true;
        state.Timers.Cancel(connection);
        _all.Remove(connection.Id);
    }

    private void NoLongerSilent(Connection connection)
    {
        if (!connection.IsSilent)
            return;
        connection.IsSilent = false;
        state.Timers.Cancel(connection);
        _silent--;
        if (connection.Remote is not { } peer)
            return;
        if (_silentByPeer[peer] == 1)
            _silentByPeer.Remove(peer);
        else
            _silentByPeer[peer]--;
    }
}
