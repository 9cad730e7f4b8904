using Acp.Core;
using Acp.Core.Grasp;
using Acp.Core.Identity;
using Acp.Core.Time;
using Acp.Linux.Loop;
using Acp.Linux.Namespaces;
using Acp.Linux.Sockets;
using Acp.Linux.Tls;
using Acp.Wire;
using Acp.Wire.Cbor;
using Acp.Wire.Grasp;

namespace Acp.Linux.Grasp;

/// <summary>
/// The streams of unicast GRASP: TLS between ACP addresses (J-03). The engine hears of one from outside when its handshake
/// is done and its peer is a member, not before; how many may be on their way there is limited. Owned by the loop.
/// </summary>
internal sealed class TlsConnections(
    EventLoop loop, NetworkNamespace acp, AcpSubstrateOptions options, AcpGrasp grasp, TlsContext tls, byte[] buffer,
    SubstrateCounters counters, Action settle) : IDisposable
{
    private readonly Dictionary<ConnectionId, TlsConnection> _byId = [];
    private readonly HashSet<TlsConnection> _all = [];

    private readonly DeadlineHeap<TlsConnection> _deadlines = new();
    private readonly PeerLimit _accepted = new(options.MaxAccepted, options.MaxAcceptedPerPeer);
    private readonly StreamBudget _unfinished = new(StreamBudget.UsualOctets);
    private readonly PeerLimit _handshakes = new(options.MaxHandshakes, options.MaxHandshakesPerPeer);

    // No stream lasts so long, and an instant does not reach much further.
    private static readonly TimeSpan Years = TimeSpan.FromDays(3650);

    public required Action<SubstrateFact> Noticed { get; init; }

    public int Count => _all.Count;

    public Instant? NextDeadline => _deadlines.Earliest;

    public void HandleTime(Instant now)
    {
        while (_deadlines.TryTakeDue(now, out var due))
        {
            if (due.IsShakingHands)
                Report(due, SubstrateRefusal.Timeout, "it took too long");
            else if (due.Socket.TimeLeft > TimeSpan.Zero)
            {
                AwaitCertificatesEnd(now, due); // somebody has set the date back
                continue;
            }
            else
                Report(due, SubstrateRefusal.CertificateEnded, "a certificate has expired, the peer's or ours");
            End(due);
        }
    }

    /// <summary>Somebody has set the system's date, by which certificates end.</summary>
    public void HandleDate(Instant now)
    {
        foreach (var connection in _all)
        {
            if (!connection.IsShakingHands)
                AwaitCertificatesEnd(now, connection);
        }
    }

    public void Connect(GraspAction.Connect connect)
    {
        StreamSocket? socket = null;
        if (connect.To.Locator is Ipv6Locator { Address.IsLinkLocal: false } to)
        {
            using (acp.Enter())
                socket = StreamSocket.TryConnect(to.Address, to.Port, 0, options.AcpAddress);
            if (socket is not null)
            {
                Start(tls.Connect(socket, to.Address), connect.Connection, StreamStep.WantsWrite);
                return;
            }
        }
        counters.Count(SubstrateRefusal.NoRoute);
        grasp.Engine.HandleClosed(BootClock.Now, connect.Connection);
        settle();
    }

    public void Accept(StreamSocket socket, Ipv6Address remote)
    {
        var refusal = _accepted.Check(remote);
        if (refusal == SubstrateRefusal.None)
            refusal = _handshakes.Check(remote);
        if (refusal != SubstrateRefusal.None)
        {
            counters.Count(refusal);
            socket.Dispose();
            return;
        }
        _accepted.Add(remote);
        _handshakes.Add(remote);
        Start(tls.Accept(socket, remote), null, StreamStep.WantsRead);
    }

    public void Send(GraspAction.SendOnStream send)
    {
        if (_byId.TryGetValue(send.Connection, out var connection))
            connection.Stream!.Send(send.Message.Memory, send.More);
    }

    public void Close(ConnectionId id)
    {
        if (!_byId.Remove(id, out var connection))
            return;
        connection.Id = null;
        connection.Stream!.Close();
    }

    public void SetRevocation(RevocationLists lists)
    {
        tls.SetRevocation(lists);
        foreach (var connection in _all.Where(c => !c.IsShakingHands).ToList())
        {
            if (connection.Socket.StillRefused() is not { } refused)
                continue;
            Refuse(connection, refused);
            End(connection);
        }
    }

    public void Dispose()
    {
        foreach (var connection in _all.ToList())
            connection.Stream!.Abort();
    }

    private void Start(TlsSocket socket, ConnectionId? id, StreamStep step)
    {
        var connection = new TlsConnection(socket, weConnected: id is not null) { Id = id };
        _deadlines.Set(connection, BootClock.Now + options.HandshakeTimeout);
        _all.Add(connection);
        if (id is { } ours)
            _byId.Add(ours, connection);
        connection.Stream = new GraspStream(loop, socket, grasp.Engine.StreamLimits, buffer, step, budget: _unfinished)
        {
            Connected = () => Established(connection),
            Received = item =>
            {
                if (connection.Id is { } known)
                    grasp.Engine.HandleStreamMessage(BootClock.Now, known, item);
                settle();
            },
            Ended = why => Ended(connection, why),
            Gone = () => Forget(connection),
        };
    }

    private void Established(TlsConnection connection)
    {
        NoLongerShakingHands(connection);
        AwaitCertificatesEnd(BootClock.Now, connection);
        var socket = connection.Socket;
        if (socket.IsResumed)
            counters.TlsResumed++;
        // J-16: what a certificate says of an address is worth a line, and no more: somebody may relay for it.
        if (socket.Peer!.Name is { Address: { } own } name && !AcpAddress.Decode(own).Prefix.Contains(socket.Remote))
        {
            counters.PeersElsewhere++;
            Noticed(new SubstrateFact.PeerElsewhere(socket.Remote, connection.WeConnected, name.ToString()));
        }
        if (connection.WeConnected)
        {
            counters.TlsConnected++;
            if (connection.Id is { } ours)
                grasp.Engine.HandleConnected(BootClock.Now, ours);
        }
        else
        {
            counters.TlsAccepted++;
            connection.Id = grasp.Engine.HandleAccepted(BootClock.Now, socket.Remote);
            if (connection.Id is { } id)
                _byId.Add(id, connection);
            else
                connection.Stream!.Close();
        }
        settle();
    }

    private void Ended(TlsConnection connection, CborRefusal why)
    {
        if (why != CborRefusal.None)
            counters.Count(SubstrateRefusal.BadItem);
        else if (connection.Stream!.IsStalled)
            counters.Count(SubstrateRefusal.Stalled);
        else if (connection.Socket.Peer is { IsMember: false } refused)
            Refuse(connection, refused);
        else if (connection.Socket.Error is { } error)
            Report(connection, SubstrateRefusal.HandshakeFailed, error);
        Tell(connection);
    }

    private void Refuse(TlsConnection connection, TlsPeer peer)
    {
        counters.Count(peer.Refusal);
        Noticed(new SubstrateFact.PeerRefused(connection.Socket.Remote, connection.WeConnected, peer.Refusal, peer.Detail));
    }

    private void Report(TlsConnection connection, SubstrateRefusal refusal, string detail)
    {
        counters.Count(refusal);
        Noticed(new SubstrateFact.Failed(connection.Socket.Remote, connection.WeConnected, refusal, detail));
    }

    private void End(TlsConnection connection)
    {
        connection.Stream!.Abort();
        Tell(connection);
    }

    private void Tell(TlsConnection connection)
    {
        if (connection.Id is not { } id)
            return;
        connection.Id = null;
        _byId.Remove(id);
        grasp.Engine.HandleClosed(BootClock.Now, id);
        settle();
    }

    private void NoLongerShakingHands(TlsConnection connection)
    {
        if (!connection.IsShakingHands)
            return;
        connection.IsShakingHands = false;
        if (!connection.WeConnected)
            _handshakes.Remove(connection.Socket.Remote);
    }

    // As with the channels: who could not come in any more does not stay.
    private void AwaitCertificatesEnd(Instant now, TlsConnection connection) =>
        _deadlines.Set(connection, connection.Socket.TimeLeft is { } left && left < Years ? now + left : null);

    private void Forget(TlsConnection connection)
    {
        _deadlines.Cancel(connection);
        NoLongerShakingHands(connection);
        if (_all.Remove(connection) && !connection.WeConnected)
            _accepted.Remove(connection.Socket.Remote);
    }
}
