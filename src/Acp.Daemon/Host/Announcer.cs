using Acp.Core;
using Acp.Core.Dull;
using Acp.Linux.Crypto;
using Acp.Linux.Interop;
using Acp.Linux.Loop;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Linux.Sockets;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Daemon.Host;

/// <summary>
/// DULL GRASP alone, on one link, for somebody else's IKEv2 daemon: announces it as the RFC asks, answers new neighbours,
/// and does nothing about what it hears.
/// </summary>
internal sealed class Announcer : IDisposable
{
    private readonly EventLoop _loop = new();
    private readonly NetworkNamespace _namespace;
    private readonly Ipv6DatagramSocket _socket;
    private readonly DullMachine _dull;
    private readonly byte[] _buffer = new byte[ushort.MaxValue];
    private readonly int _index;
    private readonly string _name;
    private readonly Ipv6Address _linkLocal;

    /// <exception cref="StartupException">There is no such link, or it has no link-local address.</exception>
    /// <exception cref="SystemCallException">The system refused.</exception>
    public Announcer(string? namespacePath, string link, ushort port, TimeSpan period)
    {
        _name = link;
        _namespace = namespacePath is null ? NetworkNamespace.OpenCurrent() : NetworkNamespace.Open(namespacePath);
        try
        {
            using (var routes = new RouteSocket(_namespace))
            {
                _index = routes.FindLink(link)?.Index
                    ?? throw new StartupException(ExitCode.Configuration, $"there is no interface '{link}'");
                _linkLocal = routes.Addresses().Find(a => a.Index == _index && a.Address.IsLinkLocal && a is { IsTentative: false, IsDuplicate: false })?.Address
                    ?? throw new StartupException(ExitCode.Unavailable, $"{link} has no link-local address (yet): is it up?");
            }

            _socket = Ipv6DatagramSocket.OpenUdp(_namespace, link, _index, Ipv6Address.Unspecified, GraspConstants.GRASP_LISTEN_PORT, "DULL GRASP");
        }
        catch (SocketSetupException e)
        {
            _namespace.Dispose();
            throw new StartupException(ExitCode.Unavailable, e.Message);
        }
        catch
        {
            _namespace.Dispose();
            throw;
        }

        _socket.Join(Ipv6Address.AllGraspNeighbors, _index);
        _dull = new DullMachine(
            new DullOptions
            {
                Methods = [new ChannelMethod(ChannelMethod.IkeV2, port)],
                Period = period,
                PeriodJitter = period / 20,
                Ttl = period * 3.5,
            },
            new LinkId(_index),
            OsRandom.Shared);
        _loop.Register(_socket.Descriptor, Receive);
    }

    private Action<string> Say { get; set; } = _ => { };

    /// <summary>Announces until <see cref="Stop"/>.</summary>
    /// <param name="say">Takes one line for each neighbour that comes or goes.</param>
    public void Run(Action<string> say)
    {
        Say = say;
        var now = BootClock.Now;
        _dull.SetAnnouncing(now, true);
        _dull.HandleLinkUp(now, _linkLocal);
        Perform();
        _loop.Run(() => _dull.NextDeadline, at =>
        {
            _dull.HandleTime(at);
            Perform();
        });
    }

    /// <summary>From any thread.</summary>
    public void Stop() => _loop.Stop();

    public void Dispose()
    {
        _socket.Dispose();
        _namespace.Dispose();
        _loop.Dispose();
    }

    private void Receive()
    {
        while (_socket.TryReceive(_buffer, out var datagram))
        {
            if (!datagram.Truncated)
                _dull.HandleDatagram(BootClock.Now, datagram.Source, datagram.HopLimit, _buffer.AsSpan(0, datagram.Length));
        }

        Perform();
    }

    private void Perform()
    {
        while (_dull.Actions.TryTake(out var action))
        {
            if (action is DullAction.SendMulticast send)
                _socket.TrySend(send.Payload.Span, _linkLocal, Ipv6Address.AllGraspNeighbors, GraspConstants.GRASP_LISTEN_PORT, _index);
        }

        while (_dull.Facts.TryTake(out var fact))
        {
            switch (fact)
            {
                case DullFact.Started:
                    Say($"announcing {_linkLocal} on {_name}");
                    break;
                case DullFact.NeighborFound found:
                    Say($"heard {found.Peer}, which offers {string.Join(", ", found.Methods)}");
                    break;
                case DullFact.NeighborLost lost:
                    Say($"lost {lost.Peer}");
                    break;
            }
        }
    }
}
