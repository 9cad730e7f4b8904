using Acp.Core.Time;

namespace Acp.Core.Grasp;

/// <summary>
/// An M_RESPONSE on its way to whoever asked by multicast: on a stream to there, which is kept for the next one if the asker
/// keeps it, too (<see cref="KeptStreams"/>).
/// </summary>
internal sealed class DiscoveryAnswer(GraspState state, AsaLocator to, byte[] response) : Timed, IConnectionUser
{
    private Connection _connection = null!;

    public void Begin() => Open(mayReuse: true);

    public void HandleConnected(Instant now)
    {
        if (state.Connections.Kept.TryOffer(now, _connection, response))
        {
            state.Timers.Set(this, now + KeptStreams.ConsentTime);
            return;
        }
        _connection.Send(now, response);
        _connection.Close(now); // H-52
    }

    public void HandleMessage(Instant now, ReadOnlyMemory<byte> bytes)
    {
        state.Timers.Cancel(this);
        state.Connections.Kept.HandleConsent(now, _connection, bytes.Span);
    }

    public void HandleClosed(Instant now)
    {
        state.Timers.Cancel(this);
        // The asker had let go of a stream that we kept: it has not heard the answer.
        if (_connection.IsReused)
            Open(mayReuse: false);
    }

    public override void HandleDeadline(Instant now) => _connection.Close(now);

    private void Open(bool mayReuse) => _connection = state.Connections.Open(to, this, mayReuse);
}
