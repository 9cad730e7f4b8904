using Acp.Core.Time;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>
/// Streams between sessions. RFC 8990 §2.5.5 and §2.5.6.1 would have a stream closed after its session (SHOULD, H-52); for two
/// engines that talk often that costs more than the session did, and a TLS handshake with it. So the responder that has had
/// the last word (M_END in its turn, or M_SYNCH) may leave closing to the initiator, and says so with an M_NOOP behind it,
/// which anybody else ignores (§2.8.13):
/// <code>
/// initiator ── M_REQ_NEG ─────────► responder
///           ◄── M_END, M_NOOP ─────
///           ── M_REQ_NEG, new id ─►            on the same stream, or it is closed
/// </code>
/// Without the M_NOOP, the initiator closes. An initiator that closes anyway, as the RFC says, costs nothing. Where graspy's
/// habits matter (see the limits below, quirks 3 and 4) the responder closes as before.
/// </summary>
internal sealed class KeptStreams(GraspState state)
{
    /// <summary>
    /// After a longer answer graspy looks for more until the stream ends (quirk 4), so that is not kept from it.
    /// </summary>
    public const int MaxAnswerSize = 1200;

    // The M_NOOP leaves together with the message before it.
    private static readonly TimeSpan ConsentTime = TimeSpan.FromMilliseconds(200);
    private static readonly byte[] Noop = new NoopMessage().Encode();

    private readonly Dictionary<(Locator, GraspInterfaceId?), List<Connection>> _ready = [];
    private int _outgoing;
    private int _incoming;

    /// <summary>Both kinds.</summary>
    public int Count => _outgoing + _incoming;

    /// <summary>One to this peer, which is its user's from now on.</summary>
    public Connection? TryTake(AsaLocator to)
    {
        if (!_ready.TryGetValue((to.Locator, to.Interface), out var ready))
            return null;
        var connection = ready[^1];
        Forget(connection);
        connection.IsReused = true;
        return connection;
    }

    /// <summary>The initiator's session is over, by the responder's word: keeps the stream if the responder does.</summary>
    public void Finish(Instant now, Connection connection)
    {
        if (state.Options.KeepStreams <= TimeSpan.Zero || connection.To is null || connection.Loopback is not null
            || connection.IsGone || connection.IsClosing || _outgoing >= state.Options.MaxKeptStreams)
        {
            connection.Close(now);
            return;
        }
        connection.User = null;
        connection.Rest = Connection.Resting.Undecided;
        _outgoing++;
        state.Timers.Set(connection, now + ConsentTime);
    }

    /// <summary>Something came on a stream that <see cref="Finish"/> left without a user.</summary>
    public void HandleMessage(Instant now, Connection connection, ReadOnlySpan<byte> bytes)
    {
        if (!bytes.SequenceEqual(Noop))
        {
            state.Counters.Count(GraspDropReason.Unexpected);
            connection.Close(now);
            return;
        }
        if (connection.Rest == Connection.Resting.Ready)
            return;
        connection.Rest = Connection.Resting.Ready;
        state.Timers.Set(connection, now + state.Options.KeepStreams);
        var key = (connection.To!.Locator, connection.To.Interface);
        if (!_ready.TryGetValue(key, out var ready))
            _ready.Add(key, ready = []);
        ready.Add(connection);
    }

    /// <summary>The responder's last word: says it, and keeps the stream if there is room, or closes it.</summary>
    public void SayLast(Instant now, Connection connection, byte[] last)
    {
        if (state.Options.KeepStreams <= TimeSpan.Zero || connection.IsOutgoing || connection.Loopback is not null || !connection.IsIdle
            || last.Length > MaxAnswerSize || _incoming >= state.Options.MaxKeptStreams)
        {
            connection.Send(now, last);
            connection.Close(now);
            return;
        }
        connection.SendTogether(last, Noop);
        connection.User = null;
        connection.Rest = Connection.Resting.Served;
        _incoming++;
        // Longer than the other end keeps it, so that it is never we who close under a request.
        state.Timers.Set(connection, now + 2 * state.Options.KeepStreams);
    }

    /// <summary>It is in use again, or gone.</summary>
    public void Forget(Connection connection)
    {
        switch (connection.Rest)
        {
            case Connection.Resting.No:
                return;
            case Connection.Resting.Served:
                _incoming--;
                break;
            default:
                _outgoing--;
                if (connection.Rest == Connection.Resting.Ready)
                    NoLongerReady(connection);
                break;
        }
        connection.Rest = Connection.Resting.No;
        state.Timers.Cancel(connection);
    }

    private void NoLongerReady(Connection connection)
    {
        var key = (connection.To!.Locator, connection.To.Interface);
        var ready = _ready[key];
        // The one that was used last is taken first, so it is usually at the end.
        ready.RemoveAt(ready.LastIndexOf(connection));
        if (ready.Count == 0)
            _ready.Remove(key);
    }
}
