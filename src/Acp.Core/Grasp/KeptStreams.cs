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
/// <para>
/// Whoever answers discoveries that came by multicast opens a stream for each, and would run out of ports when there are
/// many: those that are closed are not free again for a minute. Here it is the answering end that goes on talking, so it
/// offers, and the asker consents:
/// </para>
/// <code>
/// asker     ◄── M_RESPONSE, M_NOOP ── answerer
///           ── M_NOOP ──────────────►
///           ◄── M_RESPONSE, M_NOOP ──            on the same stream, or it is closed
/// </code>
/// </summary>
internal sealed class KeptStreams(GraspState state)
{
    /// <summary>
    /// After a longer answer graspy looks for more until the stream ends (quirk 4), so that is not kept from it.
    /// </summary>
    public const int MaxAnswerSize = 1200;

    /// <summary>For the M_NOOP, which leaves together with the message before it, or at once.</summary>
    public static readonly TimeSpan ConsentTime = TimeSpan.FromMilliseconds(200);

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
            || connection.IsGone || connection.IsClosing || _outgoing >= state.Options.MaxKeptStreams || IsOld(now, connection))
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
        if (!MayServe(now, connection) || last.Length > MaxAnswerSize)
        {
            connection.Send(now, last);
            connection.Close(now);
            return;
        }
        connection.SendTogether(last, Noop);
        connection.User = null;
        _incoming++;
        Serve(now, connection);
    }

    /// <summary>An answer to a discovery, and the offer to keep the stream for the next; false, and nothing is said, when it is not to be kept.</summary>
    public bool TryOffer(Instant now, Connection connection, byte[] response)
    {
        if (state.Options.KeepStreams <= TimeSpan.Zero || connection.Loopback is not null || !connection.IsIdle
            || response.Length > MaxAnswerSize || _outgoing >= state.Options.MaxKeptStreams || IsOld(now, connection))
            return false;
        connection.SendTogether(response, Noop);
        return true;
    }

    /// <summary>What the asker said to our offer: it keeps the stream, or makes no sense.</summary>
    public void HandleConsent(Instant now, Connection connection, ReadOnlySpan<byte> bytes)
    {
        Finish(now, connection);
        if (connection.Rest == Connection.Resting.Undecided)
            HandleMessage(now, connection, bytes);
    }

    /// <summary>Our discovery was answered on this stream; there may be an offer to keep it.</summary>
    public void AwaitOffer(Instant now, Connection connection)
    {
        state.Connections.Adopt(connection);
        if (!MayServe(now, connection))
        {
            connection.Close(now);
            return;
        }
        connection.Rest = Connection.Resting.Answered;
        _incoming++;
        state.Timers.Set(connection, now + ConsentTime);
    }

    /// <summary>An M_NOOP on a stream of others: there is the offer, if one is awaited.</summary>
    public void HandleOffer(Instant now, Connection connection)
    {
        if (connection.Rest != Connection.Resting.Answered)
            return;
        connection.Send(now, Noop);
        Serve(now, connection);
    }

    /// <summary>It is in use again, or gone.</summary>
    public void Forget(Connection connection)
    {
        switch (connection.Rest)
        {
            case Connection.Resting.No:
                return;
            case Connection.Resting.Served:
            case Connection.Resting.Answered:
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

    private bool IsOld(Instant now, Connection connection) => now - connection.Since >= state.Options.MaxStreamAge;

    private bool MayServe(Instant now, Connection connection) =>
        state.Options.KeepStreams > TimeSpan.Zero && !connection.IsOutgoing && connection.Loopback is null && connection.IsIdle
        && _incoming < state.Options.MaxKeptStreams && !IsOld(now, connection);

    private void Serve(Instant now, Connection connection)
    {
        connection.Rest = Connection.Resting.Served;
        // Longer than the other end keeps it, so that it is never we who close under a request.
        state.Timers.Set(connection, now + 2 * state.Options.KeepStreams);
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
