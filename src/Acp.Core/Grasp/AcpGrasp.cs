using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Core.Grasp;

/// <summary>
/// The GRASP instance of an ACP node (RFC 8994 §6.9): an engine, and the flooding sessions that carry its multicasts from
/// neighbour to neighbour. What it wants done is left to a substrate: TCP between link-local addresses in channels for
/// sessions, TLS between ACP addresses for streams.
/// </summary>
public sealed class AcpGrasp : IMachine
{
    private readonly FloodingSessions _sessions;

    public AcpGrasp(GraspOptions options, FloodingOptions flooding, RandomSource random)
    {
        Engine = new GraspEngine(options with { Kind = GraspInstanceKind.Acp }, random);
        _sessions = new FloodingSessions(flooding, Actions, Facts) { NeighborUp = Engine.HandleNeighborUp };
    }

    /// <summary>
    /// The engine. Whoever calls it directly, for an ASA, calls <see cref="Settle"/> afterwards. Its outboxes belong to this object.
    /// </summary>
    public GraspEngine Engine { get; }

    /// <summary>Never one of the three that speak of links and neighbours: those have become sessions.</summary>
    public Outbox<GraspAction> Actions { get; } = new();

    public Outbox<GraspFact> Facts { get; } = new();

    /// <summary>One for each channel.</summary>
    public IEnumerable<FloodingStatus> Flooding => _sessions.Status;

    /// <summary>Connections to neighbours, those that are being opened or given up included.</summary>
    public int SessionCount => _sessions.Count;

    /// <summary>Messages for a neighbour to whom there was no session.</summary>
    public long Unsent => _sessions.Unsent;

    public Instant? NextDeadline => Instant.Earlier(Engine.NextDeadline, _sessions.NextDeadline);

    public void HandleTime(Instant now)
    {
        Engine.HandleTime(now);
        _sessions.HandleTime(now);
        Settle(now);
    }

    /// <summary>A channel carries packets now (J-02).</summary>
    /// <param name="up">Of the kind <see cref="GraspInterfaceKind.Channel"/>.</param>
    public void HandleChannelUp(Instant now, GraspInterface up)
    {
        _sessions.HandleInterfaceUp(now, up);
        Engine.HandleInterfaceUp(now, up);
        Settle(now);
    }

    /// <summary>The channel is gone, and its session with it (J-02).</summary>
    public void HandleChannelDown(Instant now, GraspInterfaceId down)
    {
        Engine.HandleInterfaceDown(now, down);
        _sessions.HandleInterfaceDown(down);
        Settle(now);
    }

    /// <summary>The neighbour in a channel was heard, by RPL for example: now we know where to connect.</summary>
    public void HandleNeighborHeard(Instant now, GraspInterfaceId at, Ipv6Address neighbor)
    {
        _sessions.HandleNeighborHeard(now, at, neighbor);
        Settle(now);
    }

    /// <summary>Somebody in a channel opened a connection to our link-local address. Null refuses it: close it.</summary>
    public FloodingSessionId? HandleSessionAccepted(Instant now, GraspInterfaceId at, GraspNeighbor from)
    {
        var id = _sessions.HandleAccepted(now, at, from);
        Settle(now);
        return id;
    }

    /// <summary><see cref="GraspAction.OpenSession"/> worked.</summary>
    public void HandleSessionConnected(Instant now, FloodingSessionId session)
    {
        _sessions.HandleConnected(now, session);
        Settle(now);
    }

    /// <summary>One CBOR item of a flooding session.</summary>
    public void HandleSessionMessage(Instant now, FloodingSessionId session, ReadOnlySpan<byte> bytes)
    {
        if (_sessions.TryFind(session, out var at, out var neighbor))
            Engine.HandleMulticast(now, at.Id, neighbor, bytes);
        Settle(now);
    }

    /// <summary>A session could not be opened, or the other end closed it, or it broke.</summary>
    public void HandleSessionClosed(Instant now, FloodingSessionId session)
    {
        _sessions.HandleClosed(now, session);
        Settle(now);
    }

    /// <summary>Does what follows from a call of <see cref="Engine"/>; every other method has done so already.</summary>
    public void Settle(Instant now)
    {
        while (Engine.Actions.TryTake(out var action))
        {
            switch (action)
            {
                case GraspAction.SendMulticast send:
                    _sessions.Send(send.Interface, send.Message);
                    break;
                case GraspAction.SendToNeighbor send:
                    _sessions.Send(send.Interface, send.Message);
                    break;
                case GraspAction.CloseNeighbor close:
                    _sessions.Close(now, close.Interface);
                    break;
                default:
                    Actions.Add(action);
                    break;
            }
        }
        while (Engine.Facts.TryTake(out var fact))
            Facts.Add(fact);
    }
}
