using Acp.Core;
using Acp.Core.Esp;
using Acp.Core.Grasp;
using Acp.Simulation.Network;
using Acp.Simulation.Reports;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Simulation.Grasp;

/// <summary>What carries GRASP in a simulated node: sessions through its channels, streams along the routing tables.</summary>
public sealed class SimulatedSubstrate
{
    private const ushort EphemeralPort = 49152;

    /// <summary>IPv6 and TCP headers, of which the latter has its timestamps.</summary>
    private const int TcpOverhead = 40 + 32;

    private static readonly TimeSpan HopLatency = TimeSpan.FromMilliseconds(1);

    private readonly Simulation _simulation;
    private readonly SimulatedNode _node;
    private readonly Dictionary<FloodingSessionId, (SimulatedPipe Pipe, SimulatedPipeEnd End)> _sessions = [];
    private readonly Dictionary<ConnectionId, (SimulatedPipe Pipe, SimulatedPipeEnd End)> _streams = [];

    internal SimulatedSubstrate(Simulation simulation, SimulatedNode node) => (_simulation, _node) = (simulation, node);

    /// <summary>Answers to calls, as they came.</summary>
    public Dictionary<CommandId, GraspResult> Answers { get; } = [];

    /// <summary>Messages that went to neighbours.</summary>
    public long SessionMessages { get; private set; }

    public int SessionCount => _sessions.Count;

    /// <summary>Breaks every session of this node, as when somebody kills its connections.</summary>
    public void BreakSessions()
    {
        foreach (var (pipe, _) in _sessions.Values.ToList())
            pipe.Break();
    }

    internal void Perform(GraspAction action)
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

    private void Open(GraspAction.OpenSession open)
    {
        var channel = new ChannelId(open.Interface.Value);
        if (_node.FindChannel(channel) is not { } ourChannel)
            return;
        var link = ourChannel.Port.Link;
        var ours = SessionEnd(open.Session);
        var pipe = new SimulatedPipe(
            _simulation,
            octets => Count(link, octets),
            () => _node.OtherEnd(channel) is not null)
        { Opener = ours };
        _sessions.Add(open.Session, (pipe, ours));
        _simulation.After(Count(link, 0), () =>
        {
            if (!ours.IsAlive || _node.ArrivalOf(channel) is not { } arrival || arrival.Port.Node.Substrate is not { } theirs
                || arrival.Spec.InnerLinkLocal != open.To)
            {
                ours.Closed();
                return;
            }

            FloodingSessionId? accepted = null;
            arrival.Port.Node.HandleGrasp((grasp, at) =>
            {
                accepted = grasp.HandleSessionAccepted(
                    at, new GraspInterfaceId(arrival.Spec.Channel.Value), new GraspNeighbor(open.From, EphemeralPort));
                if (accepted is not { } id)
                    return;
                var end = theirs.SessionEnd(id);
                pipe.Acceptor = end;
                theirs._sessions.Add(id, (pipe, end));
            });
            _simulation.After(Count(link, 0), () =>
            {
                if (accepted is null)
                    ours.Closed();
                else
                    ours.Tell((grasp, now) => grasp.HandleSessionConnected(now, open.Session));
            });
        });
    }

    /// <summary>A segment to or from a neighbour.</summary>
    private TimeSpan Count(SimulatedLink link, int octets)
    {
        var outer = EspOverhead.OuterLength(TcpOverhead + octets);
        _node.Meter.Count(MessageKind.Grasp, outer);
        return link.CarryReliably(MessageKind.Grasp, outer);
    }

    private void Connect(GraspAction.Connect connect)
    {
        var ours = StreamEnd(connect.Connection);
        var other = connect.To.Locator is Ipv6Locator to && _simulation.FindNode(to.Address) is { IsRunning: true } found ? found : null;
        if (other?.Substrate is not { } theirs || _simulation.Hops(_node, other) is not { } hops)
        {
            _simulation.After(HopLatency, ours.Closed);
            return;
        }

        var latency = hops * HopLatency;
        var pipe = new SimulatedPipe(_simulation, _ => latency, () => _simulation.Hops(_node, other) is not null) { Opener = ours };
        _streams.Add(connect.Connection, (pipe, ours));
        _simulation.After(latency, () => other.HandleGrasp((grasp, at) =>
        {
            if (grasp.Engine.HandleAccepted(at, _node.AcpAddress) is { } id)
            {
                var end = theirs.StreamEnd(id);
                pipe.Acceptor = end;
                theirs._streams.Add(id, (pipe, end));
                _simulation.After(latency, () => ours.Tell((g, then) => g.Engine.HandleConnected(then, connect.Connection)));
            }
            else
            {
                pipe.Break();
            }
        }));
    }

    private SimulatedPipeEnd SessionEnd(FloodingSessionId id) => new(
        _node,
        (grasp, now, message) => grasp.HandleSessionMessage(now, id, message.Span),
        (grasp, now) =>
        {
            if (_sessions.Remove(id, out var closed))
            {
                closed.Pipe.Close(closed.End);
                grasp.HandleSessionClosed(now, id);
            }
        });

    private SimulatedPipeEnd StreamEnd(ConnectionId id) => new(
        _node,
        (grasp, now, message) => grasp.Engine.HandleStreamMessage(now, id, message.Span),
        (grasp, now) =>
        {
            if (_streams.Remove(id, out var closed))
                closed.Pipe.Close(closed.End);
            grasp.Engine.HandleClosed(now, id);
        });
}
