using Acp.Core.Time;

namespace Acp.Core.Ikev2;

/// <summary>
/// The child SAs of all channels: installed, confirmed, replaced in time, deleted; and which of a channel's sends.
/// <para>
/// No packet need be lost: an inbound SA stands before the peer can know of it and stays until the peer has
/// confirmed the deletion; the side that answered sends on the old SA until the peer shows signs of having the new one.
/// </para>
/// </summary>
internal sealed class ChildSaKeeper(IkeSaHost host)
{
    /// <summary>Hands a new child SA to its channel and the data plane.</summary>
    /// <param name="weInitiated">We began the exchange that made it: the peer has its half already.</param>
    /// <param name="redundant">It lost a collision: it receives until it is deleted, and never sends.</param>
    public ChildSa Install(Instant now, IkeSa sa, EspSuite suite, uint inboundSpi, SecretBytes inboundKey,
        SecretBytes outboundKey, bool weInitiated, ChildSa? replaces, bool redundant)
    {
        var channel = sa.Channel ?? host.Channels.Attach(now, sa);
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
            Encapsulation = sa.Nat.Encapsulation,
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
    public void Rekey(Instant now, ChildSa child)
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
        Rekey(now, child);
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
    public void Delete(Instant now, ChildSa child)
    {
        if (child.IsDeleting || child.IsGone)
            return;
        child.IsDeleting = true;
        child.RetireAt = null;
        Reselect(child.Channel);
        child.Owner.Request(now, new DeleteChildExchange(child.InboundSpi, child));
    }

    /// <summary>Takes it out of the data plane.</summary>
    public void Remove(Instant now, ChildSa child)
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
        foreach (var child in sa.Children)
        {
            if (child.FromAuth)
                child.Confirm();
        }

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

    /// <summary>Whatever is due for one of a live IKE SA.</summary>
    public void HandleTime(Instant now, ChildSa child)
    {
        if (child.ConfirmAt is { } confirmAt && now >= confirmAt)
            HandleUnconfirmed(now, child.Channel, child);
        HandleLifetime(now, child);
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
            child.Owner.Liveness.Probe(now);
        }
        else
        {
            Confirm(child);
        }
    }

    private void HandleLifetime(Instant now, ChildSa child)
    {
        var sa = child.Owner;
        if (child.IsGone || !sa.IsLive)
            return;
        if (child.RetireAt is { } retireAt && now >= retireAt)
        {
            Delete(now, child);
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
            Delete(now, child);
        else
            host.Exhausted(now, sa);
    }
}
