using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Core.Grasp;

/// <summary>
/// One stream, as its user sees it: what is sent before it is open, or during the pause after an M_WAIT, waits its turn,
/// and so does closing.
/// </summary>
internal sealed class Connection(ConnectionTable table, ConnectionId id, Ipv6Address? remote, GraspInterfaceId? arrival, bool isOutgoing) : Timed
{
    // Made when something has to wait, which is rare.
    private Queue<(byte[] Bytes, TimeSpan PauseAfter)>? _waiting;
    private Instant? _notBefore;

    /// <summary>What it is between two sessions (<see cref="KeptStreams"/>).</summary>
    public enum Resting
    {
        /// <summary>It is in use.</summary>
        No,

        /// <summary>Ours; the peer did not say whether it keeps it.</summary>
        Undecided,

        /// <summary>Ours, for the next session.</summary>
        Ready,

        /// <summary>The peer's, for its next session.</summary>
        Served,

        /// <summary>The peer's, who answered our discovery on it; it did not say whether it would like to keep it.</summary>
        Answered,
    }

    public ConnectionId Id { get; } = id;

    /// <summary>Where we opened it to; null for one that others opened.</summary>
    public AsaLocator? To { get; init; }

    public Resting Rest { get; set; }

    /// <summary>When it was opened.</summary>
    public Instant Since { get; set; }

    /// <summary>It has served a session before: if it breaks before anything came on it, the peer may have let go of it.</summary>
    public bool IsReused { get; set; }

    /// <summary>All that was said is sent, and more can be.</summary>
    public bool IsIdle => IsOpen && !IsClosing && !IsGone && _notBefore is null && _waiting is null or { Count: 0 };

    /// <summary>The other end's address, if it is known.</summary>
    public Ipv6Address? Remote { get; } = remote;

    /// <summary>The interface it came by, when its addresses are link-local.</summary>
    public GraspInterfaceId? Interface { get; } = arrival;

    public bool IsOutgoing { get; } = isOutgoing;

    /// <summary>The other end of a stream from this node to itself.</summary>
    public Connection? Loopback { get; set; }

    /// <summary>From outside, and nobody said anything on it so far.</summary>
    public bool IsSilent { get; set; }

    public bool IsOpen { get; set; } = !isOutgoing;

    /// <summary>It is of no use any more; what was waiting is still being sent.</summary>
    public bool IsClosing { get; private set; }

    public bool IsGone { get; set; }

    /// <summary>Null while nobody said anything on it.</summary>
    public IConnectionUser? User { get; set; }

    public void Send(Instant now, byte[] bytes, TimeSpan pauseAfter = default)
    {
        if (IsClosing || IsGone)
            return;
        if (IsIdle && pauseAfter == TimeSpan.Zero)
        {
            table.Transmit(this, bytes);
            return;
        }
        (_waiting ??= new()).Enqueue((bytes, pauseAfter));
        Pump(now);
    }

    /// <summary>Two messages in one write, on one that <see cref="IsIdle"/>.</summary>
    public void SendTogether(byte[] first, byte[] second)
    {
        table.Transmit(this, first, more: true);
        table.Transmit(this, second);
    }

    public void Close(Instant now)
    {
        if (IsClosing || IsGone)
            return;
        IsClosing = true;
        User = null;
        Pump(now);
    }

    public void HandleOpen(Instant now)
    {
        // One that is taken from rest is opened once more, for its next user.
        if (!IsOpen)
            Since = now;
        IsOpen = true;
        User?.HandleConnected(now);
        Pump(now);
    }

    public override void HandleDeadline(Instant now)
    {
        if (IsSilent)
            table.HandleSilence(now, this);
        else if (Rest != Resting.No)
            Close(now);
        else
            Pump(now);
    }

    private void Pump(Instant now)
    {
        while (IsOpen && !IsGone && _waiting is { Count: > 0 })
        {
            if (_notBefore is { } then && now < then)
            {
                table.Wake(this, then);
                return;
            }
            var (bytes, pause) = _waiting.Dequeue();
            table.Transmit(this, bytes);
            _notBefore = pause > TimeSpan.Zero ? now + pause : null;
        }
        // One that never opened has nothing to wait for unless something is to be sent on it.
        if (IsClosing && !IsGone && _waiting is null or { Count: 0 })
            table.Drop(now, this);
    }
}
