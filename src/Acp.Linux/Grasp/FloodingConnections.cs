using Acp.Core.Grasp;
using Acp.Linux.Loop;
using Acp.Linux.Namespaces;
using Acp.Linux.Sockets;
using Acp.Wire;
using Acp.Wire.Cbor;
using Acp.Wire.Grasp;

namespace Acp.Linux.Grasp;

/// <summary>
/// Plain TCP to the neighbours in channels (J-05), which the channels encrypt. Who connects, and which of two connections
/// stays, is decided in <see cref="AcpGrasp"/>. Owned by the loop.
/// </summary>
internal sealed class FloodingConnections(
    EventLoop loop, NetworkNamespace acp, AcpSubstrateOptions options, AcpGrasp grasp, byte[] buffer, SubstrateCounters counters,
    Action settle) : IDisposable
{
    private readonly Dictionary<GraspInterfaceId, int> _indexes = [];
    private readonly Dictionary<int, GraspInterfaceId> _channels = [];
    private readonly Dictionary<FloodingSessionId, (GraspStream Stream, SendQueue Queue)> _sessions = [];

    public void Add(GraspInterfaceId channel, int index)
    {
        _indexes[channel] = index;
        _channels[index] = channel;
    }

    public void Remove(GraspInterfaceId channel)
    {
        if (_indexes.Remove(channel, out var index))
            _channels.Remove(index);
    }

    public void Open(GraspAction.OpenSession open)
    {
        StreamSocket? socket = null;
        if (_indexes.TryGetValue(open.Interface, out var index))
        {
            using (acp.Enter())
                socket = StreamSocket.TryConnect(open.To, options.Port, index, open.From);
        }
        if (socket is not null)
        {
            Start(socket, open.Session, StreamStep.WantsWrite);
            return;
        }
        grasp.HandleSessionClosed(BootClock.Now, open.Session);
        settle();
    }

    /// <param name="scope">The interface's index.</param>
    public void Accept(StreamSocket socket, Ipv6Address remote, ushort port, int scope)
    {
        if (_channels.TryGetValue(scope, out var channel)
            && grasp.HandleSessionAccepted(BootClock.Now, channel, new GraspNeighbor(remote, port)) is { } id)
        {
            Start(socket, id, StreamStep.Established);
            settle();
            return;
        }
        counters.Count(SubstrateRefusal.UnknownChannel);
        socket.Dispose();
    }

    public void Send(GraspAction.SendOnSession send)
    {
        if (!_sessions.TryGetValue(send.Session, out var session))
            return;
        var before = session.Queue.Dropped;
        session.Stream.Send(send.Message.Memory);
        counters.FloodsDropped += session.Queue.Dropped - before;
    }

    public void Finish(FloodingSessionId id)
    {
        if (_sessions.TryGetValue(id, out var session))
            session.Stream.Finish();
    }

    public void Abort(FloodingSessionId id)
    {
        if (_sessions.Remove(id, out var session))
            session.Stream.Abort();
    }

    public void Dispose()
    {
        foreach (var (stream, _) in _sessions.Values)
            stream.Abort();
        _sessions.Clear();
    }

    private void Start(StreamSocket socket, FloodingSessionId id, StreamStep step)
    {
        socket.SetPatience(options.NeighborPatience);
        var queue = new SendQueue(options.MaxUnsentToNeighbor, KeyOf);
        var stream = new GraspStream(loop, socket, grasp.Engine.StreamLimits, buffer, step, unsent: queue)
        {
            Connected = () =>
            {
                grasp.HandleSessionConnected(BootClock.Now, id);
                settle();
            },
            Received = item =>
            {
                grasp.HandleSessionMessage(BootClock.Now, id, item);
                settle();
            },
            Ended = why =>
            {
                if (why != CborRefusal.None)
                    counters.Count(SubstrateRefusal.BadItem);
                _sessions.Remove(id);
                grasp.HandleSessionClosed(BootClock.Now, id);
                settle();
            },
            Gone = () => { },
        };
        _sessions.Add(id, (stream, queue));
    }

    // J-15: what a flood would replace at the neighbour.
    private static object? KeyOf(ReadOnlyMemory<byte> item) =>
        GraspMessage.TryDecode(item.Span, out var message, out _) && message is FloodMessage flood
            ? (flood.Initiator, flood.Entries[0].Objective.Name, flood.Entries[0].Locator)
            : null;
}
