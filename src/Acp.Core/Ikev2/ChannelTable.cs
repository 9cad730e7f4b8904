using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Core.Ikev2;

/// <summary>
/// The channels: one per (link, neighbour address), whatever IKE SAs carry it. Here is decided which of several IKE SAs
/// stays.
/// <para>
/// Two IKE SAs of one neighbour come about in two ways. (1) Both sides initiated at once (RFC 7296 §2.1, RFC 8994 §6.6): the
/// IKE_SA_INIT of each was on its way before the other was established. Then the one that the Decider initiated
/// stays, and the Decider deletes the other. (2) The neighbour restarted or lost its state: its IKE_SA_INIT
/// came after ours was established. Then the new one replaces the old one. An initiation that has not sent
/// IKE_AUTH yet is called off when the peer's is complete, which makes the two cases distinguishable at both ends.
/// (3) The neighbour authenticates again and still has the old one, as it showed by a message on it after the new one's IKE_SA_INIT
/// (RFC 7296 §2.8.3). Then the old one carries the channel until who began has deleted it.
/// </para>
/// </summary>
internal sealed class ChannelTable(IkeSaHost host)
{
    private readonly Dictionary<(LinkId Link, Ipv6Address Remote), Channel> _channels = [];
    private readonly Dictionary<ChannelId, Channel> _byId = [];
    private int _lastChannel;

    public IReadOnlyCollection<Channel> All => _channels.Values;

    public bool TryFind(LinkId link, Ipv6Address remote, out Channel channel) => _channels.TryGetValue((link, remote), out channel!);

    public Channel? Find(ChannelId id) => _byId.GetValueOrDefault(id);

    /// <summary>The channel that an IKE SA is to carry, new or renewed.</summary>
    public Channel Attach(Instant now, IkeSa sa)
    {
        var peer = sa.Peer!;
        if (_channels.TryGetValue(sa.Path.Neighbor, out var channel) && !SameNode(channel.Peer, peer))
        {
            var strangers = channel.Live.ToList();
            Close(now, channel, ChannelCloseReason.IdentityChanged, false);
            strangers.ForEach(s => host.BeginDelete(now, s));
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
            { Encapsulation = sa.Nat.Encapsulation });
        }
        else
        {
            Replace(channel, sa);
        }

        channel.Peer = peer;
        channel.IkeSas.Add(sa);
        sa.Channel = channel;
        if (sa.OwnIdentity != host.Identity)
            host.Reauthentication.Plan(now, channel);
        return channel;
    }

    /// <summary>Decides between several IKE SAs of one channel; called when the messages that made a new one have been sent.</summary>
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
                host.BeginDelete(now, old);
        }

        var kept = channel.Preferred;
        var surplus = channel.Live.Where(s => s != kept).ToList();
        if (kept is null || surplus.Count == 0)
        {
            channel.SurplusAt = null;
            return;
        }

        foreach (var sa in surplus.Where(s => !s.IsOutdated))
        {
            host.Facts.Add(new Ikev2Fact.SurplusIkeSa(kept.Id, sa.Id, channel.Path.Link, channel.Path.Remote, channel.WeAreDecider));
            if (channel.WeAreDecider)
                host.BeginDelete(now, sa);
        }

        if (kept.WeOriginated && surplus.Exists(s => s.IsOutdated))
            kept.Request(now, new TakeOverExchange());
        if (surplus.Exists(s => s.State == IkeSaState.Established))
            channel.SurplusAt ??= now + host.Options.SurplusGrace;
    }

    public void HandleTime(Instant now, Channel channel)
    {
        if (channel.NextDeadline is not { } due || now < due)
            return;
        foreach (var child in channel.Live.SelectMany(s => s.Children).ToList())
            host.ChildSas.HandleTime(now, child);
        host.Reauthentication.HandleTime(now, channel);

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
            host.BeginDelete(now, sa);
    }

    /// <summary>The IKE SA leaves its channel with its children; the channel closes when no live one is left.</summary>
    public void Detach(Instant now, IkeSa sa, ChannelCloseReason reason, bool byPeerDelete)
    {
        if (sa.Channel is not { } channel)
            return;
        channel.IkeSas.Remove(sa);
        foreach (var child in sa.Children.ToList())
            host.ChildSas.Remove(now, child);
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
                host.ChildSas.Remove(now, child);
            sa.Channel = null;
        }

        host.Reauthentication.CallOff(channel);
        host.Actions.Add(new Ikev2Action.ChannelClosed(channel.Id, channel.Path.Link, channel.Path.Remote, reason, byPeerDelete));
    }

    private static bool SameNode(PeerIdentity a, PeerIdentity b) =>
        a.AcpAddress == b.AcpAddress && (a.AcpAddress is not null || a.Certificate.Span.SequenceEqual(b.Certificate.Span));

    /// <summary>Those that were established before the new one was begun are lost to the peer, unless it spoke on one of them since.</summary>
    private void Replace(Channel channel, IkeSa newer)
    {
        var old = channel.Live.Where(s => newer.InitOrder > s.EstablishedOrder).ToList();
        if (!newer.IsInitialContact && channel.IkeSas.Exists(s => newer.InitOrder > s.EstablishedOrder && s.Liveness.LastMessageOrder > newer.InitOrder))
        {
            foreach (var sa in old)
            {
                sa.IsOutdated = true;
                host.Facts.Add(new Ikev2Fact.IkeSaReauthenticated(sa.Id, newer.Id, channel.Path.Link, channel.Path.Remote));
            }

            host.Actions.Add(new Ikev2Action.ChannelReauthenticated(channel.Id, channel.Path.Link, channel.Path.Remote, newer.Id, newer.Peer!));
            return;
        }

        foreach (var sa in old)
        {
            sa.IsSuperseded = true;
            host.Facts.Add(new Ikev2Fact.IkeSaReplaced(sa.Id, newer.Id, channel.Path.Link, channel.Path.Remote));
        }

        if (old.Count > 0)
            host.Actions.Add(new Ikev2Action.ChannelRenewed(channel.Id, channel.Path.Link, channel.Path.Remote, newer.Id, newer.Peer!));
    }
}
