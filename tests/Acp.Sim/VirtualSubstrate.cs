using Acp.Core;
using Acp.Core.Grasp;
using Acp.Wire;

namespace Acp.Sim;

/// <summary>What carries GRASP in a virtual node: sessions through its channels, streams along the routing tables.</summary>
public sealed class VirtualSubstrate(VirtualNetwork network, VirtualNode node)
{
    private const ushort EphemeralPort = 49152;

    private readonly Dictionary<FloodingSessionId, (VirtualPipe Pipe, VirtualPipeEnd End)> _sessions = [];
    private readonly Dictionary<ConnectionId, (VirtualPipe Pipe, VirtualPipeEnd End)> _streams = [];

    /// <summary>Answers to calls, as they came.</summary>
    public Dictionary<CommandId, GraspResult> Answers { get; } = [];

    /// <summary>Messages that went to neighbours.</summary>
    public long SessionMessages { get; private set; }

    public int SessionCount => _sessions.Count;

    public void Perform(GraspAction action)
    {
        switch (action)
        {
            case GraspAction.OpenSession open:
                Open(open);
                break;
            case GraspAction.SendOnSession send:
                SessionMessages++;
                if (_sessions.TryGetValue(send.Session, out var session))
                    session.Pipe.Send(session.End, send.Message);
                break;
            case GraspAction.FinishSession finish:
                if (_sessions.TryGetValue(finish.Session, out var finished))
                    finished.Pipe.Close(finished.End);
                break;
            case GraspAction.AbortSession abort:
                if (_sessions.Remove(abort.Session, out var aborted))
                    aborted.Pipe.Close(aborted.End);
                break;
            case GraspAction.Connect connect:
                Connect(connect);
                break;
            case GraspAction.SendOnStream send:
                if (_streams.TryGetValue(send.Connection, out var stream))
                    stream.Pipe.Send(stream.End, send.Message);
                break;
            case GraspAction.CloseStream close:
                if (_streams.Remove(close.Connection, out var closed))
                    closed.Pipe.Close(closed.End);
                break;
            case GraspAction.Complete complete:
                Answers.Add(complete.Command, complete.Result);
                break;
            default:
                throw new InvalidOperationException($"nobody performs {action}");
        }
    }

    /// <summary>Breaks every session of this node, as when somebody kills its connections.</summary>
    public void BreakSessions()
    {
        foreach (var (pipe, _) in _sessions.Values.ToList())
            pipe.Break();
    }

    private void Open(GraspAction.OpenSession open)
    {
        var channel = new ChannelId(open.Interface.Value);
        var pipe = new VirtualPipe(network, TimeSpan.FromMilliseconds(1), () => node.OtherEnd(channel) is not null);
        var ours = SessionEnd(open.Session);
        pipe.Opener = ours;
        _sessions.Add(open.Session, (pipe, ours));
        network.After(TimeSpan.FromMilliseconds(1), () =>
        {
            if (!ours.IsAlive || node.OtherEnd(channel) is not { } other || other.Substrate is not { } theirs
                || node.ArrivalOf(channel) is not { } arrival || arrival.Spec.InnerLinkLocal != open.To)
            {
                ours.Tell(ours.Closed);
                return;
            }
            FloodingSessionId? accepted = null;
            other.Tell((n, now) => n.HandleGrasp(now, at =>
            {
                accepted = n.Grasp.HandleSessionAccepted(
                    at, new GraspInterfaceId(arrival.Spec.Channel.Value), new GraspNeighbor(open.From, EphemeralPort));
                if (accepted is not { } id)
                    return;
                var end = theirs.SessionEnd(id);
                pipe.Acceptor = end;
                theirs._sessions.Add(id, (pipe, end));
            }));
            network.After(TimeSpan.FromMilliseconds(1), () =>
                ours.Tell((grasp, now) =>
                {
                    if (accepted is null)
                        ours.Closed(grasp, now);
                    else
                        grasp.HandleSessionConnected(now, open.Session);
                }));
        });
    }

    private void Connect(GraspAction.Connect connect)
    {
        var ours = StreamEnd(connect.Connection);
        var other = connect.To.Locator is Acp.Wire.Grasp.Ipv6Locator to
            ? network.Nodes.FirstOrDefault(n => n.AcpAddress == to.Address && n.IsRunning)
            : null;
        if (other?.Substrate is not { } theirs || network.Hops(node, other) is not { } hops)
        {
            network.After(TimeSpan.FromMilliseconds(1), () => ours.Tell(ours.Closed));
            return;
        }
        var latency = TimeSpan.FromMilliseconds(hops);
        var pipe = new VirtualPipe(network, latency, () => network.Hops(node, other) is not null) { Opener = ours };
        _streams.Add(connect.Connection, (pipe, ours));
        network.After(latency, () => other.Tell((n, now) => n.HandleGrasp(now, at =>
        {
            if (n.Grasp.Engine.HandleAccepted(at, node.AcpAddress) is { } id)
            {
                var end = theirs.StreamEnd(id);
                pipe.Acceptor = end;
                theirs._streams.Add(id, (pipe, end));
                network.After(latency, () => ours.Tell((grasp, then) => grasp.Engine.HandleConnected(then, connect.Connection)));
            }
            else
            {
                pipe.Break();
            }
        })));
    }

    private VirtualPipeEnd SessionEnd(FloodingSessionId id) => new(
        node,
        (grasp, now, message) => grasp.HandleSessionMessage(now, id, message.Span),
        (grasp, now) =>
        {
            if (_sessions.Remove(id, out var closed))
            {
                closed.Pipe.Close(closed.End);
                grasp.HandleSessionClosed(now, id);
            }
        });

    private VirtualPipeEnd StreamEnd(ConnectionId id) => new(
        node,
        (grasp, now, message) => grasp.Engine.HandleStreamMessage(now, id, message.Span),
        (grasp, now) =>
        {
            if (_streams.Remove(id, out var closed))
                closed.Pipe.Close(closed.End);
            grasp.Engine.HandleClosed(now, id);
        });
}
