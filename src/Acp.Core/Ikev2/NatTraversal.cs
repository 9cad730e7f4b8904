using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>
/// What is between the ends of one IKE SA, and how messages and ESP get through it: ports, encapsulation, keepalives (RFC 7296 §2.23,
/// RFC 3948).
/// </summary>
internal sealed class NatTraversal(IkeSa sa, Instant now)
{
    private Instant _lastKeepalive = now;

    public NatState State { get; set; }

    public bool IsTraversed => State.IsTraversed;

    /// <summary>How its child SAs carry ESP: in UDP when there is a NAT and the peer followed to the port for it.</summary>
    public UdpEncapsulation? Encapsulation =>
        IsTraversed && sa.Path.HasMarker(Options) ? new UdpEncapsulation(sa.Path.LocalPort, sa.Path.RemotePort) : null;

    /// <summary>A NAT before us forgets its mapping when we are silent (RFC 3948 §4). Of our ESP nothing is known here.</summary>
    public Instant? NextDeadline =>
        State.WeAreBehind && sa.IsLive && sa.Path.HasMarker(Options) ? _lastKeepalive + Options.NatKeepalive : null;

    private Ikev2Options Options => sa.Host.Options;

    /// <summary>What IKE_SA_INIT told of NATs. Between link-local addresses it is noted and no more (D-53).</summary>
    public void Note(NatState found)
    {
        if (!found.IsTraversed)
            return;
        if (!sa.Path.IsRemote)
        {
            sa.Host.Facts.Add(new Ikev2Fact.NatDetected(sa.Id, sa.Path.Link, sa.Path.Remote));
            return;
        }

        State = found;
        sa.Host.Facts.Add(new Ikev2Fact.NatTraversed(sa.Id, sa.Path.Link, sa.Path.Remote, found));
    }

    /// <summary>The initiator goes on from the NAT traversal port to the same port (RFC 7296 §2.23).</summary>
    public void MoveToTraversalPort()
    {
        var port = Options.NatTraversalPort;
        sa.MoveTo(sa.Path with { LocalPort = port, RemotePort = port });
    }

    /// <summary>Whether a message from another path is worth the look: from a remote neighbour, protected, with other ports only.</summary>
    public bool MayComeFrom(IkePath path, IkeMessage message) =>
        sa.Path.IsRemote && path.HasAddressesOf(sa.Path) && message.Payloads is [EncryptedPayload or EncryptedFragmentPayload];

    /// <summary>ESP shares its port with IKE, and its authentic packets tell as much of the peer's.</summary>
    public void FollowEsp(ushort remotePort)
    {
        if (Encapsulation is not null)
            Follow(sa.Path with { RemotePort = remotePort });
    }

    /// <summary>
    /// Where a message came from that is authentic and new. The peer may move to the NAT traversal port whenever it likes;
    /// that the NAT before it gave it another port is believed unless there is one before us, which whoever forwards our
    /// packets could exploit (RFC 7296 §2.23).
    /// </summary>
    public void Follow(IkePath path)
    {
        if (path == sa.Path)
            return;
        var moves = path.LocalPort != sa.Path.LocalPort ? path.HasMarker(Options) : State is { PeerIsBehind: true, WeAreBehind: false };
        if (moves)
            sa.MoveTo(path);
    }

    public void HandleTime(Instant now)
    {
        if (NextDeadline is not { } keepalive || now < keepalive)
            return;
        _lastKeepalive = now;
        var path = sa.Path;
        sa.Host.Actions.Add(new Ikev2Action.SendDatagram(path.Link, path.Local, path.LocalPort, path.Remote, path.RemotePort,
            NonEspMarker.Keepalive));
    }
}
