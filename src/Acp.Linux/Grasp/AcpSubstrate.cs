using Acp.Core.Grasp;
using Acp.Core.Identity;
using Acp.Core.Time;
using Acp.Linux.Loop;
using Acp.Linux.Namespaces;
using Acp.Linux.Sockets;
using Acp.Linux.Tls;

namespace Acp.Linux.Grasp;

/// <summary>
/// What carries GRASP inside the ACP (RFC 8994 §6.9.2), all of it in the acp namespace and on one port:
/// <code>
///   fe80::… ── TCP ── fe80::…   the neighbour in a channel: discovery and floods (J-05)
///   fd89:…  ── TLS ── fd89:…    any node: everything else (J-03)
/// </code>
/// Which of the two an accepted connection is, its own end's address tells. Owned by the loop.
/// </summary>
public sealed class AcpSubstrate : IDisposable
{
    private const int Backlog = 256;
    private const int AcceptsAtOnce = 64;

    private readonly EventLoop _loop;
    private readonly AcpSubstrateOptions _options;
    private readonly StreamSocket _listener;
    private readonly FloodingConnections _flooding;
    private readonly TlsConnections _streams;
    private readonly Action _settle;

    /// <param name="acp">The acp namespace; must outlive this object.</param>
    /// <param name="tls">The caller disposes it.</param>
    /// <param name="settle">Does what <paramref name="grasp"/> wants after events; may come in the midst of <see cref="Perform"/>.</param>
    /// <exception cref="SocketSetupException">Somebody else has the port.</exception>
    public AcpSubstrate(
        EventLoop loop, NetworkNamespace acp, AcpSubstrateOptions options, AcpGrasp grasp, TlsContext tls, Action settle)
    {
        _loop = loop;
        _options = options;
        _settle = settle;
        _listener = StreamSocket.Listen(acp, options.Port, Backlog);
        var buffer = new byte[64 * 1024];
        _flooding = new FloodingConnections(loop, acp, options, grasp, buffer, Counters, settle);
        _streams = new TlsConnections(loop, acp, options, grasp, tls, buffer, Counters, settle) { Noticed = fact => Noticed?.Invoke(fact) };
        loop.Register(_listener.Descriptor, OnAcceptable);
    }

    public Action<SubstrateFact>? Noticed { get; init; }

    public SubstrateCounters Counters { get; } = new();

    /// <summary>TLS streams that are open or being opened.</summary>
    public int StreamCount => _streams.Count;

    public Instant? NextDeadline => _streams.NextDeadline;

    public void HandleTime(Instant now) => _streams.HandleTime(now);

    /// <summary>A channel's interface is there.</summary>
    /// <param name="index">Of the interface in the acp namespace.</param>
    public void AddChannel(GraspInterfaceId channel, int index) => _flooding.Add(channel, index);

    public void RemoveChannel(GraspInterfaceId channel) => _flooding.Remove(channel);

    /// <summary>Everything but <see cref="GraspAction.Complete"/>.</summary>
    public void Perform(GraspAction action)
    {
        switch (action)
        {
            case GraspAction.OpenSession open:
                _flooding.Open(open);
                break;
            case GraspAction.SendOnSession send:
                _flooding.Send(send);
                break;
            case GraspAction.FinishSession finish:
                _flooding.Finish(finish.Session);
                break;
            case GraspAction.AbortSession abort:
                _flooding.Abort(abort.Session);
                break;
            case GraspAction.Connect connect:
                _streams.Connect(connect);
                break;
            case GraspAction.SendOnStream send:
                _streams.Send(send);
                break;
            case GraspAction.CloseStream close:
                _streams.Close(close.Connection);
                break;
        }
    }

    /// <summary>What is known of revocation from now on. Streams whose peer is revoked end at once .</summary>
    public void SetRevocation(RevocationLists lists) => _streams.SetRevocation(lists);

    /// <summary>Somebody has set the system's date: streams whose certificates ended before it end at once.</summary>
    public void HandleDate(Instant now) => _streams.HandleDate(now);

    public void Dispose()
    {
        _loop.Unregister(_listener.Descriptor);
        _listener.Dispose();
        _flooding.Dispose();
        _streams.Dispose();
    }

    private void OnAcceptable()
    {
        for (var n = 0; n < AcceptsAtOnce && _listener.TryAccept(out var remote, out var port, out var scope) is { } socket; n++)
        {
            if (remote.IsLinkLocal)
                _flooding.Accept(socket, remote, port, scope);
            else if (TryLocalAddress(socket) == _options.AcpAddress)
                _streams.Accept(socket, remote);
            else
                Refuse(socket);
        }
        _settle();
    }

    private static Acp.Wire.Ipv6Address? TryLocalAddress(StreamSocket socket)
    {
        try
        {
            return socket.LocalAddress;
        }
        catch (SocketSetupException)
        {
            return null; // gone already
        }
    }

    private void Refuse(StreamSocket socket)
    {
        Counters.Count(SubstrateRefusal.WrongAddress);
        socket.Dispose();
    }
}
