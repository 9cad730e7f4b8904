using Acp.Core.Ikev2.Crypto;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>
/// IKEv2 of one node (RFC 7296 in the profile of RFC 8994 §6.8.3): all its IKE SAs on all links. Events in, actions and facts
/// out; signing and the membership check are questions whose answers come back as events. Not thread-safe.
/// </summary>
public sealed class Ikev2Machine : IMachine
{
    private readonly IkeSaHost _host;
    private readonly DatagramHandler _datagrams;
    private readonly HashSet<(LinkId Link, Ipv6Address Remote)> _expected = [];

    /// <param name="identity">Replaced by <see cref="SetIdentity"/> when the certificate is renewed.</param>
    public Ikev2Machine(Ikev2Options options, Ikev2Identity identity, IIkeCrypto crypto, RandomSource random)
    {
        options.Validate();
        _host = new IkeSaHost(options, identity, crypto, random);
        var cookies = new CookieJar(random);
        _datagrams = new DatagramHandler(_host, new InitGate(_host, cookies, IsExpected), new InitResponder(_host, cookies));
    }

    public Outbox<Ikev2Action> Actions => _host.Actions;

    public Outbox<Ikev2Fact> Facts => _host.Facts;

    public Ikev2Options Options => _host.Options;

    /// <summary>
    /// Somebody reads along: every message is noted as <see cref="Ikev2Fact.Traced"/>, the protected ones in the clear.
    /// Costs nothing while it is off.
    /// </summary>
    public bool Tracing
    {
        get => _host.Tracer is not null;
        set => _host.Tracer = value ? _host.Tracer ?? new IkeTracer(Facts) : null;
    }

    /// <summary>IKE SAs whose DELETE is under way; a shutting-down node waits for zero, a little.</summary>
    public int ClosingCount => Sas.All.Count(s => s.State == IkeSaState.Closing);

    /// <summary>Half-open SAs that peers began.</summary>
    public int HalfOpenCount => _host.HalfOpen.Count;

    /// <summary>All IKE SAs that are not merely lingering, for status output.</summary>
    public IEnumerable<IkeSaStatus> Status =>
        Sas.All.Where(s => s.State != IkeSaState.Closed).Select(s => new IkeSaStatus(s.Id, s.Path, s.State, s.WeInitiated,
            s.Channel?.Id, s.Peer, s.Keys?.Suite, [.. s.Children.Select(c => (c.InboundSpi, c.OutboundSpi))])
        {
            Since = s.EstablishedAt,
            IsReplaced = s.IsSuperseded || s.IsRekeyed,
            RekeyAt = s.IsLive ? s.RekeyAt : null,
            EndsAt = s.IsLive ? s.HardAt : null,
            CertificatesEndAt = s.ExpiresAt,
            LastHeard = s.Liveness.LastHeard,
            Fragmentation = s.Fragmentation,
            Traffic = s.Traffic,
            Children = [.. s.Children.Select(c => c.Status)],
            UsesPpk = s.Keys is { UsesPpk: true },
        });

    /// <summary>IKE SAs in any state.</summary>
    public int IkeSaCount => Sas.All.Count;

    public int ChannelCount => Channels.All.Count;

    /// <summary>How much is held now. Looks at all SAs.</summary>
    public Ikev2Inventory Inventory
    {
        get
        {
            var (lingering, children, waiting, forever) = (0, 0, 0, 0);
            foreach (var sa in Sas.All)
            {
                lingering += sa.State == IkeSaState.Closed ? 1 : 0;
                children += sa.Children.Count;
                waiting += sa.Requests.WaitingCount;
                forever += sa.NextDeadline is null ? 1 : 0;
            }

            return new Ikev2Inventory(Sas.All.Count, lingering, Channels.All.Count, children, _host.EspSpiCount, _host.HalfOpen.Count,
                _host.QuestionCount, _host.Fragments.Taken, waiting, forever);
        }
    }

    public Instant? NextDeadline => Sas.NextDeadline;

    /// <summary>What <see cref="NextDeadline"/> must say, found the slow way; for tests.</summary>
    public Instant? NextDeadlineByScan => Sas.NextDeadlineByScan;

    private IkeSaTable Sas => _host.Sas;

    private ChannelTable Channels => _host.Channels;

    /// <summary>
    /// Our certificate was renewed. Handshakes from now on use it, and all that we have channels with are shown it, one after the other,
    /// without a break (RFC 7296 §2.8.3).
    /// </summary>
    public void SetIdentity(Instant now, Ikev2Identity identity)
    {
        _host.Identity = identity;
        foreach (var channel in Channels.All)
        {
            channel.IkeSas.ForEach(Touch);
            _host.Reauthentication.Plan(now, channel);
        }
    }

    /// <summary>The date became known or changed: certificate expiry is counted by it (C-19).</summary>
    public void SetWallClock(WallClock clock) => _host.Lifetimes.SetWallClock(clock);

    /// <summary>
    /// A neighbour announced itself, or fell silent: whom we expect gets through to us when strangers are too many. Bounded by the caller.
    /// </summary>
    public void Expect(LinkId link, Ipv6Address remote, bool isThere)
    {
        if (isThere)
            _expected.Add((link, remote));
        else
            _expected.Remove((link, remote));
    }

    /// <summary>
    /// Begins an IKE SA with a neighbour. Nothing happens when a channel exists or an attempt is under way; otherwise
    /// the outcome is a ChannelEstablished or an InitiationFailed.
    /// </summary>
    public void Initiate(Instant now, LinkId link, Ipv6Address local, Ipv6Address remote, ushort remotePort)
    {
        if (_host.IsClosing || Channels.TryFind(link, remote, out _) || Sas.Initiations(link, remote).Count > 0)
            return;
        // A remote neighbour that is configured with the NAT traversal port is spoken to on it from the start.
        var localPort = link == LinkId.HostNetwork && remotePort == Options.NatTraversalPort ? remotePort : Options.LocalPort;
        _host.Initiate(now, new IkePath(link, local, localPort, remote, remotePort), null);
    }

    /// <summary>A UDP datagram that came to our IKE port on a link.</summary>
    public void HandleDatagram(Instant now, LinkId link, Ipv6Address local, ushort localPort, Ipv6Address remote, ushort remotePort,
        ReadOnlySpan<byte> datagram) =>
        _datagrams.Handle(now, new IkePath(link, local, localPort, remote, remotePort), datagram);

    /// <summary>The shell signed what <see cref="Ikev2Action.SignAuth"/> asked; empty spans say that it could not.</summary>
    public void HandleSigned(Instant now, RequestId request, ReadOnlyMemory<byte> algorithmIdentifier, ReadOnlyMemory<byte> signature)
    {
        if (!_host.TryTakeQuestion(request, out var sa))
            return;
        Touch(sa);
        sa.Handshake?.HandleSigned(now, algorithmIdentifier, signature);
    }

    /// <summary>The answer to <see cref="Ikev2Action.VerifyPeer"/>.</summary>
    public void HandlePeerVerdict(Instant now, RequestId request, PeerVerdict verdict)
    {
        if (!_host.TryTakeQuestion(request, out var sa))
            return;
        if (verdict.Identity is { } peer
            && DeciderRule.WeDecide(_host.Identity.AcpAddress, _host.Identity.Certificates[0].Span, peer) == DeciderOutcome.Clone)
            verdict = PeerVerdict.Refuse("clone", $"peer shows our own identity ({peer.NodeName})");
        Touch(sa);
        sa.Handshake?.HandleVerdict(now, verdict);
    }

    /// <summary>A packet came through one of the channel's inbound ESP SAs: the peer lives (RFC 7296 §2.4), and sends on what it has.</summary>
    public void HandleTraffic(Instant now, ChannelId channel, uint inboundSpi)
    {
        if (Channels.Find(channel) is not { } found)
            return;
        foreach (var sa in found.IkeSas)
        {
            if (sa.Children.Find(c => c.InboundSpi == inboundSpi) is not { } child)
                continue;
            Touch(sa);
            sa.Liveness.NoteHeard(now);
            _host.ChildSas.Confirm(child);
            break;
        }
    }

    /// <summary>ESP in UDP of this child SA, authentic and newer than all before, came from another port than the last.</summary>
    public void HandleEspMoved(ChannelId channel, uint inboundSpi, ushort remotePort)
    {
        if (Channels.Find(channel)?.IkeSas.Find(s => s.Children.Exists(c => c.InboundSpi == inboundSpi)) is not { } sa)
            return;
        Touch(sa);
        sa.Nat.FollowEsp(remotePort);
    }

    /// <summary>The data plane says that a child SA has carried so much that it wants a successor (RFC 4301 §4.4.2.1; E-10).</summary>
    public void HandleLifetimeNear(Instant now, ChannelId channel, uint inboundSpi)
    {
        if (FindChild(channel, inboundSpi) is not { } child)
            return;
        Touch(child.Owner);
        _host.ChildSas.LifetimeNear(now, child);
    }

    /// <summary>The data plane says that a child SA has carried all that it may, and carries nothing more.</summary>
    public void HandleLifetimeOver(Instant now, ChannelId channel, uint inboundSpi)
    {
        if (FindChild(channel, inboundSpi) is not { } child)
            return;
        Touch(child.Owner);
        _host.ChildSas.LifetimeOver(now, child);
    }

    /// <summary>The link is gone: everything on it ends at once, without a word to peers that cannot hear it.</summary>
    public void HandleLinkDown(Instant now, LinkId link)
    {
        _expected.RemoveWhere(n => n.Link == link);
        foreach (var sa in Sas.All.Where(s => s.Path.Link == link).ToList())
        {
            Touch(sa);
            if (sa.State is IkeSaState.Closing or IkeSaState.Closed or IkeSaState.HalfOpen)
                _host.Remove(sa);
            else
                _host.Ended(now, sa, ChannelCloseReason.LinkDown, false);
        }

        foreach (var channel in Channels.All.Where(c => c.Path.Link == link).ToList())
            Channels.Close(now, channel, ChannelCloseReason.LinkDown, false);
    }

    /// <summary>Closes the channel to one neighbour in an orderly way, and calls off any attempt to reach it.</summary>
    public void Close(Instant now, LinkId link, Ipv6Address remote, ChannelCloseReason reason)
    {
        foreach (var sa in Sas.Initiations(link, remote))
        {
            _host.InitiationFailed(now, sa, InitiationFailure.Cancelled, "called off");
            _host.Remove(sa);
        }

        if (!Channels.TryFind(link, remote, out var channel))
            return;
        var live = channel.IkeSas.Where(s => s.State == IkeSaState.Established).ToList();
        channel.IkeSas.ForEach(Touch);
        Channels.Close(now, channel, reason, false);
        live.ForEach(sa => _host.BeginDelete(now, sa));
    }

    /// <summary>Replaces the channel's child SA by a fresh one with its own key exchange (D-40, D-41). Nothing without a channel.</summary>
    public void RekeyChildSa(Instant now, ChannelId channel)
    {
        if (Channels.Find(channel)?.Best is not { } child)
            return;
        Touch(child.Owner);
        _host.ChildSas.Rekey(now, child);
    }

    /// <summary>Replaces the channel's IKE SA by a fresh one (D-40). Nothing without a channel.</summary>
    public void RekeyIkeSa(Instant now, ChannelId channel)
    {
        if (Channels.Find(channel)?.Preferred is not { } sa)
            return;
        Touch(sa);
        _host.Rekeying.Begin(now, sa);
    }

    /// <summary>
    /// Orderly shutdown: a DELETE on every IKE SA (D-46), and from now on nothing new is begun or answered. Wait for
    /// <see cref="ClosingCount"/> zero.
    /// </summary>
    public void CloseAll(Instant now)
    {
        _host.IsClosing = true;
        foreach (var sa in Sas.All.Where(s => s.State is IkeSaState.Initiating or IkeSaState.Authenticating or IkeSaState.HalfOpen).ToList())
        {
            if (sa.State != IkeSaState.HalfOpen)
                _host.InitiationFailed(now, sa, InitiationFailure.Cancelled, "shutting down");
            _host.Remove(sa);
        }

        foreach (var channel in Channels.All.ToList())
            Close(now, channel.Path.Link, channel.Path.Remote, ChannelCloseReason.Local);
        foreach (var sa in Sas.All.Where(s => s.State == IkeSaState.Established).ToList())
        {
            Touch(sa);
            _host.BeginDelete(now, sa);
        }
    }

    public void HandleTime(Instant now)
    {
        if (NextDeadline is not { } first || now < first)
            return;
        // All first: what is done for one may be due again at once, and gets its next turn with the next call.
        var due = Sas.TakeDue(now);
        for (var i = 0; i < due.Count; i++)
        {
            var neighbor = due[i];
            if (neighbor.Sas is [var only])
                _host.HandleTime(now, only);
            else
                neighbor.Sas.ToList().ForEach(sa => _host.HandleTime(now, sa));
            if (neighbor.Channel is { } channel)
                Channels.HandleTime(now, channel);
        }
    }

    private ChildSa? FindChild(ChannelId channel, uint inboundSpi) =>
        Channels.Find(channel)?.IkeSas.SelectMany(s => s.Children).FirstOrDefault(c => c.InboundSpi == inboundSpi);

    private bool IsExpected(IkePath path) =>
        path.IsRemote || _expected.Contains(path.Neighbor) || Channels.TryFind(path.Link, path.Remote, out _);

    /// <summary>Due to every SA that an entry point changes.</summary>
    private void Touch(IkeSa sa) => Sas.Touch(sa);
}
