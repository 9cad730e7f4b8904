using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Core.Ikev2;

/// <summary>
/// The channels: one per (link, neighbour address), whatever IKE SAs carry it. Here is decided which of several IKE SAs
/// stays, and which child SA sends.
/// <para>
/// Two IKE SAs of one neighbour come about in two ways. (1) Both sides initiated at once (RFC 7296 §2.1, RFC 8994 §6.6): the
/// IKE_SA_INIT of each was on its way before the other was established. Then the one that the Decider initiated
/// stays, and the Decider deletes the other. (2) The neighbour restarted or lost its state: its IKE_SA_INIT
/// came after ours was established. Then the new one replaces the old one. An initiation that has not sent
/// IKE_AUTH yet is called off when the peer's is complete, which makes the two cases distinguishable at both ends.
/// </para>
/// <para>
/// No packet need be lost: an inbound SA stands before the peer can know of it and stays until the peer has
/// confirmed the deletion; the side that answered sends on the old SA until the peer shows signs of having the new one.
/// </para>
/// </summary>
internal sealed class ChannelTable(IIkeSaHost host, Action<Instant, IkeSa> beginDelete)
{
    private readonly Dictionary<(LinkId Link, Ipv6Address Remote), Channel> _channels = [];
    private readonly Dictionary<ChannelId, Channel> _byId = [];
    private int _lastChannel;

    public IReadOnlyCollection<Channel> All => _channels.Values;

    public bool TryFind(LinkId link, Ipv6Address remote, out Channel channel) => _channels.TryGetValue((link, remote), out channel!);

    public Channel? Find(ChannelId id) => _byId.GetValueOrDefault(id);

    public ChildSa InstallChild(Instant now, IkeSa sa, EspSuite suite, uint inboundSpi, SecretBytes inboundKey,
        SecretBytes outboundKey, bool weInitiated, ChildSa? replaces, bool redundant)
    {
        var channel = sa.Channel ?? Attach(now, sa);
        var options = host.Options;
        var child = new ChildSa(sa, channel, suite, inboundSpi, replaces is null,
            weInitiated ? null : now + options.SwitchOutboundAfter)
        {
            Since = now,
            IsRedundant = redundant,
            RekeyAt = now + options.SoftLifetime(options.ChildSaLifetime, host.Random),
            HardAt = now + options.ChildSaLifetime * options.HardLifetime,
        };
        sa.Children.Add(child);
        sa.DropAt = null;
        if (replaces is not null && !redundant)
            sa.Traffic.ChildRekeys++;
        var atOnce = channel.Best == child;
        var parameters = new ChildSaParameters(channel.Id, channel.Path.Link, channel.Path.Local, channel.Path.Remote, inboundSpi,
            suite.PeerSpi, suite.Algorithm, suite.ExtendedSequenceNumbers, inboundKey, outboundKey)
        {
            Encapsulation = sa.Encapsulation,
            Limits = options.Limits(host.Random),
        };
        host.Actions.Add(new Ikev2Action.InstallChildSa(parameters, atOnce, sa.Id));
        host.Facts.Add(new Ikev2Fact.ChildSaEstablished(sa.Id, channel.Id, inboundSpi, suite.PeerSpi, suite.Algorithm,
            suite.ExtendedSequenceNumbers));
        if (atOnce)
            channel.Sending = child;
        else
            Reselect(channel);
        return child;
    }

    /// <summary>Begins to replace a child SA, unless that is under way.</summary>
    public void RekeyChild(Instant now, ChildSa child)
    {
        if (child is not { IsUsable: true, IsReplaced: false, IsRekeying: false, Owner: { IsLive: true, Keys: { } keys } })
            return;
        child.IsRekeying = true;
        child.RekeyAt = null;
        child.Owner.Request(now, new RekeyChildExchange(host, child, keys.Suite.Group));
    }

    /// <summary>A soft limit, of time or of what it carried.</summary>
    public void LifetimeNear(Instant now, ChildSa child)
    {
        if (child is not { IsUsable: true, IsReplaced: false, IsRekeying: false, Owner.IsLive: true })
            return;
        host.Facts.Add(new Ikev2Fact.LifetimeNear(child.Owner.Id, child.Channel.Path.Link, child.Channel.Path.Remote, child.InboundSpi));
        child.RekeyAt = null;
        RekeyChild(now, child);
    }

    /// <summary>A hard limit of what it carried: it carries nothing any more. A successor that is on its way may still come.</summary>
    public void LifetimeOver(Instant now, ChildSa child)
    {
        if (child is not { IsUsable: true, IsReplaced: false, Owner.IsLive: true })
            return;
        if (child.IsRekeying)
            child.HardAt = Instant.Earlier(child.HardAt, now + host.Options.RekeyRetry)!.Value;
        else
            EndOfLife(now, child);
    }

    /// <summary>Sends a DELETE for it. It receives until that is answered.</summary>
    public void DeleteChild(Instant now, ChildSa child)
    {
        if (child.IsDeleting || child.IsGone)
            return;
        child.IsDeleting = true;
        child.RetireAt = null;
        Reselect(child.Channel);
        child.Owner.Request(now, new DeleteChildExchange(child.InboundSpi, child));
    }

    public void RemoveChild(Instant now, ChildSa child)
    {
        var channel = child.Channel;
        if (!child.Owner.Children.Remove(child))
            return;
        child.IsGone = true;
        foreach (var old in child.Owner.Children.Where(c => c.Successor == child))
        {
            // The peer took back what it had put in its place.
            old.Successor = null;
            old.RetireAt = null;
            old.RekeyAt ??= now + host.Options.RekeyRetry;
        }

        Reselect(channel);
        host.ReleaseEspSpi(child.InboundSpi);
        host.Actions.Add(new Ikev2Action.RemoveChildSa(channel.Id, child.InboundSpi, child.OutboundSpi));
        host.Facts.Add(new Ikev2Fact.ChildSaRemoved(child.Owner.Id, channel.Id, child.InboundSpi, child.OutboundSpi));
        if (child.Owner is { State: IkeSaState.Established, Children.Count: 0 })
            child.Owner.DropAt = now + host.Options.ChildlessTimeout;
    }

    /// <summary>The peer spoke on an established IKE SA: it has the child SA that IKE_AUTH made.</summary>
    public void PeerActive(IkeSa sa)
    {
        if (sa.Channel is null)
            return;
        foreach (var child in sa.Children.Where(c => c.FromAuth))
            child.Confirm();
        Reselect(sa.Channel);
    }

    /// <summary>The peer sent on this child SA.</summary>
    public void Confirm(ChildSa child)
    {
        if (child.IsConfirmed)
            return;
        child.Confirm();
        Reselect(child.Channel);
    }

    /// <summary>Moves outbound traffic to the child SA that should carry it now.</summary>
    public void Reselect(Channel channel)
    {
        var best = channel.Best;
        if (best is null || best == channel.Sending)
            return;
        channel.Sending = best;
        host.Actions.Add(new Ikev2Action.SwitchOutbound(channel.Id, best.InboundSpi));
    }

    public void Settle(Instant now, IkeSa newest)
    {
        if (newest.Channel is not { } channel)
            return;
        foreach (var old in channel.IkeSas.Where(s => s.IsSuperseded && s.State == IkeSaState.Established).ToList())
        {
            // Only what is of the same identity on the same link and address ever comes here (D-37): other links' SAs of a
            // neighbour live and die alone.
            if (newest.IsInitialContact)
                host.Ended(now, old, ChannelCloseReason.PeerRestarted, false);
            else
                beginDelete(now, old);
        }

        var kept = channel.Preferred;
        var surplus = channel.Live.Where(s => s != kept).ToList();
        if (kept is null || surplus.Count == 0)
        {
            channel.SurplusAt = null;
            return;
        }

        foreach (var sa in surplus)
            host.Facts.Add(new Ikev2Fact.SurplusIkeSa(kept.Id, sa.Id, channel.Path.Link, channel.Path.Remote, channel.WeAreDecider));
        if (channel.WeAreDecider)
            surplus.ForEach(sa => beginDelete(now, sa));
        else
            channel.SurplusAt ??= now + host.Options.SurplusGrace;
    }

    public void HandleTime(Instant now, Channel channel)
    {
        foreach (var child in channel.Live.SelectMany(s => s.Children).ToList())
        {
            if (child.ConfirmAt is { } confirmAt && now >= confirmAt)
                HandleUnconfirmed(now, channel, child);
            HandleLifetime(now, channel, child);
        }

        if (channel.SurplusAt is not { } surplusAt || now < surplusAt)
            return;
        var kept = channel.Preferred;
        if (kept is not null && kept.Children.Exists(c => c is { IsUsable: true, IsConfirmed: false }))
        {
            // Whether the peer has it is just being asked: if not, what looks surplus is all there is.
            channel.SurplusAt = now + host.Options.SurplusGrace;
            return;
        }

        // The Decider is foreign code that keeps both (strongSwan does): one must go, so we choose as it should have.
        channel.SurplusAt = null;
        foreach (var sa in channel.Live.Where(s => s != kept).ToList())
            beginDelete(now, sa);
    }

    /// <summary>The IKE SA leaves its channel with its children; the channel closes when no live one is left.</summary>
    public void Detach(Instant now, IkeSa sa, ChannelCloseReason reason, bool byPeerDelete)
    {
        if (sa.Channel is not { } channel)
            return;
        channel.IkeSas.Remove(sa);
        foreach (var child in sa.Children.ToList())
            RemoveChild(now, child);
        sa.Channel = null;
        if (channel.Live.Take(2).Count() < 2)
            channel.SurplusAt = null;
        if (!channel.Live.Any(s => s.Children.Count > 0))
            Close(now, channel, reason, byPeerDelete);
    }

    /// <summary>Removes the channel and what its remaining IKE SAs had installed; the SAs themselves are the caller's.</summary>
    public void Close(Instant now, Channel channel, ChannelCloseReason reason, bool byPeerDelete)
    {
        if (!_channels.TryGetValue(channel.Path.Neighbor, out var current) || current != channel)
            return;
        _channels.Remove(channel.Path.Neighbor);
        _byId.Remove(channel.Id);
        channel.Sending = null;
        foreach (var sa in channel.IkeSas.ToList())
        {
            foreach (var child in sa.Children.ToList())
                RemoveChild(now, child);
            sa.Channel = null;
        }

        host.Actions.Add(new Ikev2Action.ChannelClosed(channel.Id, channel.Path.Link, channel.Path.Remote, reason, byPeerDelete));
    }

    /// <summary>
    /// No sign yet that the peer has its half. A rekeyed one is taken for granted; a second one of IKE_AUTH, whose answer may be
    /// lost for good while the first goes on, is asked for by a liveness exchange.
    /// </summary>
    private void HandleUnconfirmed(Instant now, Channel channel, ChildSa child)
    {
        if (child.FromAuth && channel.Live.SelectMany(s => s.Children).Any(c => c is { IsUsable: true, IsConfirmed: true }))
        {
            child.AwaitProof();
            child.Owner.Probe(now);
        }
        else
        {
            Confirm(child);
        }
    }

    private void HandleLifetime(Instant now, Channel channel, ChildSa child)
    {
        var sa = child.Owner;
        if (child.IsGone || !sa.IsLive)
            return;
        if (child.RetireAt is { } retireAt && now >= retireAt)
        {
            DeleteChild(now, child);
        }
        else if (child.IsUsable && now >= child.HardAt)
        {
            EndOfLife(now, child);
        }
        else if (child is { IsUsable: true, IsReplaced: false } && child.RekeyAt is { } rekeyAt && now >= rekeyAt)
        {
            LifetimeNear(now, child);
        }
    }

    private void EndOfLife(Instant now, ChildSa child)
    {
        var (sa, channel) = (child.Owner, child.Channel);
        host.Facts.Add(new Ikev2Fact.LifetimeOver(sa.Id, channel.Path.Link, channel.Path.Remote, child.InboundSpi));
        if (channel.Live.SelectMany(s => s.Children).Any(c => c != child && c.IsUsable))
            DeleteChild(now, child);
        else
            host.Exhausted(now, sa);
    }

    private static bool SameNode(PeerIdentity a, PeerIdentity b) =>
        a.AcpAddress == b.AcpAddress && (a.AcpAddress is not null || a.Certificate.Span.SequenceEqual(b.Certificate.Span));

    private Channel Attach(Instant now, IkeSa sa)
    {
        var peer = sa.Peer!;
        if (_channels.TryGetValue(sa.Path.Neighbor, out var channel) && !SameNode(channel.Peer, peer))
        {
            var strangers = channel.Live.ToList();
            Close(now, channel, ChannelCloseReason.IdentityChanged, false);
            strangers.ForEach(s => beginDelete(now, s));
            channel = null;
        }

        if (channel is null)
        {
            var outcome = DeciderRule.WeDecide(host.Identity.AcpAddress, host.Identity.Certificates[0].Span, peer);
            channel = new Channel(new ChannelId(++_lastChannel), sa.Path, peer, outcome == DeciderOutcome.WeDecide);
            _channels.Add(sa.Path.Neighbor, channel);
            _byId.Add(channel.Id, channel);
            host.Actions.Add(new Ikev2Action.ChannelEstablished(channel.Id, sa.Path.Link, sa.Path.Local, sa.Path.Remote, sa.Id, peer,
                channel.WeAreDecider)
            { Encapsulation = sa.Encapsulation });
        }
        else
        {
            Supersede(channel, sa);
        }

        channel.Peer = peer;
        channel.IkeSas.Add(sa);
        sa.Channel = channel;
        return channel;
    }

    /// <summary>Those that were established before the new one was begun are lost to the peer.</summary>
    private void Supersede(Channel channel, IkeSa newer)
    {
        var old = channel.Live.Where(s => newer.InitOrder > s.EstablishedOrder).ToList();
        foreach (var sa in old)
        {
            sa.IsSuperseded = true;
            host.Facts.Add(new Ikev2Fact.IkeSaReplaced(sa.Id, newer.Id, channel.Path.Link, channel.Path.Remote));
        }

        if (old.Count > 0)
            host.Actions.Add(new Ikev2Action.ChannelRenewed(channel.Id, channel.Path.Link, channel.Path.Remote, newer.Id, newer.Peer!));
    }
}
