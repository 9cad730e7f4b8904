using Acp.Core.Ikev2.Crypto;
using Acp.Core.Time;

namespace Acp.Core.Ikev2;

/// <summary>What all IKE SAs of one machine share, and the turns in the life of one: established, given up, deleted, ended.</summary>
internal sealed class IkeSaHost
{
    private readonly Dictionary<RequestId, IkeSa> _questions = [];
    private readonly HashSet<uint> _espSpis = [];
    private long _order;
    private long _lastRequest;

    public IkeSaHost(Ikev2Options options, Ikev2Identity identity, IIkeCrypto crypto, RandomSource random)
    {
        Options = options;
        Identity = identity;
        Crypto = crypto;
        Random = random;
        Proposals = new ProposalSelector(options, crypto);
        Fragments = new FragmentBudget(options.FragmentOctets);
        Sas = new IkeSaTable(random);
        Lifetimes = new IkeSaLifetimes(this);
        Rekeying = new IkeSaRekeying(this);
        Reauthentication = new Reauthentication(this);
        Channels = new ChannelTable(this);
        ChildSas = new ChildSaKeeper(this);
    }

    public Ikev2Options Options { get; }

    public Ikev2Identity Identity { get; set; }

    public IIkeCrypto Crypto { get; }

    public RandomSource Random { get; }

    public ProposalSelector Proposals { get; }

    public Outbox<Ikev2Action> Actions { get; } = new();

    public Outbox<Ikev2Fact> Facts { get; } = new();

    public FragmentBudget Fragments { get; }

    /// <summary>Null when nobody reads along.</summary>
    public IkeTracer? Tracer { get; set; }

    public IkeSaTable Sas { get; }

    public HalfOpenTable HalfOpen { get; } = new();

    public ChannelTable Channels { get; }

    public ChildSaKeeper ChildSas { get; }

    public IkeSaLifetimes Lifetimes { get; }

    public IkeSaRekeying Rekeying { get; }

    public Reauthentication Reauthentication { get; }

    /// <summary>The node shuts down: nothing new is begun or answered.</summary>
    public bool IsClosing { get; set; }

    /// <summary>ESP SPIs in use.</summary>
    public int EspSpiCount => _espSpis.Count;

    /// <summary>Questions without an answer yet.</summary>
    public int QuestionCount => _questions.Count;

    /// <summary>The place of this event among all.</summary>
    public long NextOrder() => ++_order;

    /// <summary>A name for a question whose answer goes to the SA's handshake.</summary>
    public RequestId Ask(IkeSa sa)
    {
        var request = new RequestId(++_lastRequest);
        _questions.Add(request, sa);
        return request;
    }

    /// <summary>Whose question was answered.</summary>
    public bool TryTakeQuestion(RequestId request, out IkeSa sa) => _questions.Remove(request, out sa!);

    /// <summary>An unused inbound ESP SPI (E-23).</summary>
    public uint NewEspSpi()
    {
        while (true)
        {
            var spi = Random.NextUInt32();
            // 0 to 255 are reserved (RFC 4303 §2.1; E-23).
            if (spi > 255 && _espSpis.Add(spi))
                return spi;
        }
    }

    public void ReleaseEspSpi(uint spi) => _espSpis.Remove(spi);

    /// <summary>Begins an IKE SA of our own.</summary>
    /// <param name="takesPlaceOf">Null for the first.</param>
    public void Initiate(Instant now, IkePath path, IkeSa? takesPlaceOf)
    {
        var sa = new IkeSa(this, path, true, new IkeSaId(Sas.NewSpi(), 0), NextOrder(), now)
        {
            State = IkeSaState.Initiating,
            DropAt = now + Options.HandshakeTimeout,
            TakesPlaceOf = takesPlaceOf,
        };
        Sas.Add(sa);
        Facts.Add(new Ikev2Fact.InitiationStarted(sa.Id, path.Link, path.Remote));
        var handshake = new InitiatorHandshake(sa);
        sa.Handshake = handshake;
        handshake.Start(now);
    }

    /// <summary>The peer is authenticated and accepted.</summary>
    public void Established(Instant now, IkeSa sa, PeerIdentity peer)
    {
        HalfOpen.Remove(sa);
        sa.State = IkeSaState.Established;
        sa.EstablishedOrder = NextOrder();
        sa.Peer = peer;
        sa.Handshake?.Dispose();
        sa.Handshake = null;
        sa.DropAt = now + Options.ChildlessTimeout;
        sa.EstablishedAt = now;
        sa.Liveness.NoteHeard(now);
        Lifetimes.Begin(now, sa);
        var decide = DeciderRule.WeDecide(Identity.AcpAddress, Identity.Certificates[0].Span, peer) == DeciderOutcome.WeDecide;
        Facts.Add(new Ikev2Fact.IkeSaEstablished(sa.Id, sa.Path.Link, sa.Path.Remote, peer.NodeName, sa.Keys!.Suite.ToString(),
            sa.WeInitiated, decide));
        if (Options.Ppks.Count > 0 && !sa.Keys.UsesPpk)
            Facts.Add(new Ikev2Fact.PpkNotUsed(sa.Id, sa.Path.Link, sa.Path.Remote));
        foreach (var own in Sas.Initiations(sa.Path.Link, sa.Path.Remote).Where(s => s.State == IkeSaState.Initiating))
        {
            Facts.Add(new Ikev2Fact.InitiationSuperseded(own.Id, own.Path.Link, own.Path.Remote));
            Remove(own);
        }
    }

    /// <summary>Our attempt failed before authentication was complete.</summary>
    public void InitiationFailed(Instant now, IkeSa sa, InitiationFailure reason, string text)
    {
        var (link, remote) = sa.Path.Neighbor;
        Facts.Add(new Ikev2Fact.InitiationEnded(sa.Id, link, remote, reason, text));
        // When the peer's own attempt made a channel in the meantime, ours is of no further interest.
        if (!Channels.TryFind(link, remote, out _))
            Actions.Add(new Ikev2Action.InitiationFailed(link, remote, reason, text));
    }

    /// <summary>The ports of its path changed.</summary>
    public void PathMoved(IkeSa sa)
    {
        Facts.Add(new Ikev2Fact.PathMoved(sa.Id, sa.Path.Link, sa.Path.Remote, sa.Path.LocalPort, sa.Path.RemotePort));
        if (sa is { Channel: { } channel, Nat.Encapsulation: { } encapsulation, Children.Count: > 0 })
            Actions.Add(new Ikev2Action.ChannelMoved(channel.Id, encapsulation));
    }

    /// <summary>Whatever is due for one IKE SA.</summary>
    public void HandleTime(Instant now, IkeSa sa)
    {
        // Removed by what was done for another one of the same neighbour.
        if (sa.Neighbor is null || Lifetimes.TryExpire(now, sa))
            return;
        Lifetimes.HandleTime(now, sa);
        if (sa.DropAt is { } dropAt && now >= dropAt)
            Drop(now, sa);
        else
            sa.HandleTime(now);
    }

    /// <summary>Ends an IKE SA by a DELETE. Its children stay inbound until that is answered, if the channel goes on.</summary>
    public void BeginDelete(Instant now, IkeSa sa)
    {
        sa.State = IkeSaState.Closing;
        sa.DropAt = null;
        sa.Requests.CancelWaiting();
        // Another child SA takes over sending now, rather than when this one's are removed.
        if (sa.Channel is { } channel)
            ChildSas.Reselect(channel);
        sa.Request(now, new DeleteExchange(false));
    }

    /// <summary>The IKE SA's time or message IDs are over: it ends with its children.</summary>
    public void Exhausted(Instant now, IkeSa sa)
    {
        Facts.Add(new Ikev2Fact.LifetimeOver(sa.Id, sa.Path.Link, sa.Path.Remote, null));
        Channels.Detach(now, sa, ChannelCloseReason.Exhausted, false);
        BeginDelete(now, sa);
    }

    /// <summary>The peer deleted the last child SA of the channel: it can carry nothing, and routing must know at once.</summary>
    public void LostLastChild(Instant now, IkeSa sa)
    {
        Channels.Detach(now, sa, ChannelCloseReason.PeerDelete, true);
        BeginDelete(now, sa);
    }

    /// <summary>The IKE SA is over for the given reason, whatever its state; nothing more is sent on it except repeated answers.</summary>
    public void Ended(Instant now, IkeSa sa, ChannelCloseReason reason, bool byPeerDelete)
    {
        switch (sa.State)
        {
            case IkeSaState.Initiating:
            case IkeSaState.Authenticating:
                InitiationFailed(now, sa, FailureOf(reason), $"ended: {reason}");
                break;
            case IkeSaState.Established:
            case IkeSaState.Closing:
                Facts.Add(new Ikev2Fact.IkeSaClosed(sa.Id, sa.Path.Link, sa.Path.Remote, reason, byPeerDelete));
                break;
            default:
                break;
        }

        HalfOpen.Remove(sa);
        sa.State = IkeSaState.Closed;
        Channels.Detach(now, sa, reason, byPeerDelete);
        if (reason != ChannelCloseReason.LinkDown)
            CloseNext(now, sa);
        if (!sa.Responses.HasStored || reason is ChannelCloseReason.DeadPeer or ChannelCloseReason.LinkDown or ChannelCloseReason.PeerRestarted)
        {
            Remove(sa);
            return;
        }

        // Our last answer may be lost: stay to repeat it (D-07).
        sa.Requests.CancelAll();
        sa.DropAt = now + Options.ClosedLinger;
    }

    /// <summary>The closing exchange of an SA is complete.</summary>
    public void Finished(Instant now, IkeSa sa)
    {
        if (sa.State == IkeSaState.Closing)
            Facts.Add(new Ikev2Fact.IkeSaClosed(sa.Id, sa.Path.Link, sa.Path.Remote, ChannelCloseReason.Local, false));
        Channels.Detach(now, sa, ChannelCloseReason.Local, false);
        CloseNext(now, sa);
        Remove(sa);
    }

    /// <summary>Nothing is left of it.</summary>
    public void Remove(IkeSa sa)
    {
        HalfOpen.Remove(sa);
        sa.State = IkeSaState.Closed;
        sa.Dispose();
        Sas.Remove(sa);
    }

    private static InitiationFailure FailureOf(ChannelCloseReason reason) => reason switch
    {
        ChannelCloseReason.DeadPeer => InitiationFailure.Timeout,
        ChannelCloseReason.LinkDown => InitiationFailure.LinkDown,
        ChannelCloseReason.PeerDelete or ChannelCloseReason.RefusedByPeer => InitiationFailure.AuthenticationFailed,
        _ => InitiationFailure.Protocol,
    };

    private void CloseNext(Instant now, IkeSa sa)
    {
        if (sa.TakeThenClose() is { } next)
            BeginDelete(now, next);
    }

    /// <summary>A handshake took too long, a childless SA lived too long, or a closed one has lingered enough.</summary>
    private void Drop(Instant now, IkeSa sa)
    {
        sa.DropAt = null;
        switch (sa.State)
        {
            case IkeSaState.Initiating:
            case IkeSaState.Authenticating:
                InitiationFailed(now, sa, InitiationFailure.Timeout, "handshake took too long");
                Remove(sa);
                break;
            case IkeSaState.Established:
                BeginDelete(now, sa);
                break;
            default:
                Remove(sa);
                break;
        }
    }
}
