using Acp.Core.Node;
using Acp.Linux.Loop;
using Acp.Linux.Namespaces;
using Acp.Linux.Sockets;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Daemon.Host;

/// <summary>The two sockets of an abutment link: DULL GRASP and IKE. Nothing else listens there (B-03).</summary>
internal sealed class LinkSockets : IDisposable
{
    public const ushort IkePort = 500;

    /// <summary>Octets: a tenth of a second of 20000 IKE_SA_INIT requests in one.</summary>
    private const int IkeReceiveBuffer = 4 << 20;
    private readonly EventLoop _loop;
    private readonly Ipv6DatagramSocket _dull;
    private readonly Ipv6DatagramSocket _ike;

    /// <exception cref="SocketSetupException">A port is taken, or the address went away meanwhile.</exception>
    public LinkSockets(EventLoop loop, NetworkNamespace abutment, NodeLink link, Action<LinkSockets> onDull, Action<LinkSockets> onIke)
    {
        _loop = loop;
        Link = link;
        _dull = Ipv6DatagramSocket.OpenUdp(abutment, link.Name, link.Id.Value, Ipv6Address.Unspecified, GraspConstants.GRASP_LISTEN_PORT, "DULL GRASP");
        try
        {
            _dull.Join(Ipv6Address.AllGraspNeighbors, link.Id.Value);
            _ike = Ipv6DatagramSocket.OpenUdp(abutment, link.Name, link.Id.Value, link.LinkLocal, IkePort, "IKE");
            _ike.EnlargeReceiveBuffer(IkeReceiveBuffer);
        }
        catch
        {
            _dull.Dispose();
            throw;
        }

        loop.Register(_dull.Descriptor, () => onDull(this));
        loop.Register(_ike.Descriptor, () => onIke(this));
    }

    public NodeLink Link { get; }

    public bool TryReceiveDull(Span<byte> buffer, out ReceivedDatagram datagram) => _dull.TryReceive(buffer, out datagram);

    public bool TryReceiveIke(Span<byte> buffer, out ReceivedDatagram datagram) => _ike.TryReceive(buffer, out datagram);

    public bool TrySendDull(ReadOnlySpan<byte> payload) =>
        _dull.TrySend(payload, Link.LinkLocal, Ipv6Address.AllGraspNeighbors, GraspConstants.GRASP_LISTEN_PORT, Link.Id.Value);

    public bool TrySendIke(ReadOnlySpan<byte> payload, Ipv6Address remote, ushort port) =>
        _ike.TrySend(payload, Link.LinkLocal, remote, port, Link.Id.Value);

    public void Dispose()
    {
        _loop.Unregister(_dull.Descriptor);
        _loop.Unregister(_ike.Descriptor);
        _dull.Dispose();
        _ike.Dispose();
    }
}
