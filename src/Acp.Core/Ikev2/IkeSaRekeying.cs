using Acp.Core.Time;

namespace Acp.Core.Ikev2;

/// <summary>How an IKE SA gets a successor, and what passes to it (RFC 7296 §1.3.2, §2.8, §2.18; D-40).</summary>
internal sealed class IkeSaRekeying(IkeSaHost host)
{
    /// <summary>Begins to replace an IKE SA, unless that is under way. If we authenticate anew, it waits for what comes of that.</summary>
    public void Begin(Instant now, IkeSa sa)
    {
        if (host.Reauthentication.IsUnderWay(sa))
            sa.RekeyAt = now + host.Options.RekeyRetry;
        else if (!sa.Requests.IsRekeying && sa.Keys is { } keys)
            sa.Request(now, new RekeyIkeExchange(host, keys.Suite.Group));
    }

    /// <summary>An IKE SA that a rekeying made, pending until <see cref="Inherit"/>. Takes over the keys.</summary>
    public IkeSa Add(Instant now, IkeSa old, IkeSaId id, KeyMaterial keys, bool weInitiated)
    {
        var sa = new IkeSa(host, old.Path, weInitiated, id, old.InitOrder, now)
        {
            WeOriginated = old.WeOriginated,
            State = IkeSaState.Established,
            EstablishedOrder = old.EstablishedOrder,
            EstablishedAt = now,
            Traffic = old.Traffic,
            Peer = old.Peer,
            Channel = old.Channel,
            OwnIdentity = old.OwnIdentity,
            IsPending = true,
            Fragmentation = old.Fragmentation,
            DropAt = now + host.Options.ChildlessTimeout,
        };
        sa.Nat.State = old.Nat.State;
        sa.SetKeys(keys);
        host.Lifetimes.Begin(now, sa);
        host.Sas.Add(sa, old.Neighbor);
        old.Channel?.IkeSas.Add(sa);
        return sa;
    }

    /// <summary>A rekeyed IKE SA takes the place and the children of the old one, which is only waiting for its DELETE.</summary>
    public void Inherit(Instant now, IkeSa old, IkeSa made)
    {
        made.IsPending = false;
        made.IsOutdated = old.IsOutdated;
        made.Traffic.IkeRekeys++;
        foreach (var child in old.Children)
        {
            child.Owner = made;
            made.Children.Add(child);
        }

        if (made.Children.Count > 0)
            made.DropAt = null;
        old.Children.Clear();
        old.IsRekeyed = true;
        old.PeerRekey = null;
        old.DropAt = now + host.Options.ChildlessTimeout;
        host.Facts.Add(new Ikev2Fact.IkeSaRekeyed(old.Id, made.Id, made.Path.Link, made.Path.Remote));
        old.Requests.HandOver(now, made.Requests);
    }

    /// <summary>The peer's rekeying stays rather than ours: what it made inherits. If the peer closed that already, all ends.</summary>
    public void TakePeers(Instant now, IkeSa old)
    {
        var made = old.PeerRekey!.Made;
        if (made.State == IkeSaState.Established)
            Inherit(now, old, made);
        else
            host.LostLastChild(now, old);
    }
}
