using Acp.Core.Time;

namespace Acp.Core.Ikev2;

/// <summary>
/// Shows peers a certificate that they have not seen yet: a new IKE SA from the beginning, with a child SA of its own, and then the old one is
/// deleted (RFC 7296 §2.8.3). The channel goes on all the while.
/// </summary>
internal sealed class Reauthentication(IkeSaHost host)
{
    /// <summary>Not all at once: a node may have many neighbours, and they may have had new certificates at the same moment.</summary>
    public void Plan(Instant now, Channel channel) =>
        channel.ReauthenticateAt = Instant.Earlier(channel.ReauthenticateAt, now + host.Random.NextSpan(host.Options.ReauthenticateWithin));

    /// <summary>Begins, when it is time and the peer has not been shown it by other means. Later it is looked whether it came to that.</summary>
    public void HandleTime(Instant now, Channel channel)
    {
        if (channel.ReauthenticateAt is not { } at || now < at)
            return;
        channel.ReauthenticateAt = now + host.Options.ReauthenticateRetry;
        if (channel.IkeSas is [var only] && only.OwnIdentity == host.Identity)
        {
            channel.ReauthenticateAt = null;
            return;
        }

        if (host.IsClosing || channel.Preferred is not { } sa || sa.OwnIdentity == host.Identity
            || host.Sas.Initiations(sa.Path.Link, sa.Path.Remote).Count > 0)
            return;
        // While one takes the place of another, by rekeying or otherwise, the ends may see it differently.
        if (sa.Requests.IsRekeying || channel.IkeSas.Count > 1)
            channel.ReauthenticateAt = now + host.Options.TemporaryFailureRetry;
        else
            host.Initiate(now, sa.Path, sa);
    }

    /// <summary>The channel closes: whether there is to be another is not ours to say. The peer knows of nothing yet.</summary>
    public void CallOff(Channel channel)
    {
        var (link, remote) = channel.Path.Neighbor;
        foreach (var sa in host.Sas.Initiations(link, remote).Where(s => s is { State: IkeSaState.Initiating, TakesPlaceOf: not null }))
        {
            host.Facts.Add(new Ikev2Fact.InitiationEnded(sa.Id, link, remote, InitiationFailure.Cancelled, "the channel closed"));
            host.Remove(sa);
        }
    }

    /// <summary>A new one is being made to take its place.</summary>
    public bool IsUnderWay(IkeSa sa) => host.Sas.Initiations(sa.Path.Link, sa.Path.Remote).Exists(s => s.TakesPlaceOf == sa);
}
