using Acp.Core.Time;

namespace Acp.Core.Ikev2;

/// <summary>
/// How long an IKE SA may live: until it is due for rekeying, until it ends (RFC 7296 §2.8; D-40), and until its peer's certificates expire
/// (C-19).
/// </summary>
internal sealed class IkeSaLifetimes(IkeSaHost host)
{
    /// <summary>The second of notAfter still belongs to a certificate's validity (RFC 5280 §4.1.2.5).</summary>
    private static readonly TimeSpan LastSecond = TimeSpan.FromSeconds(1);

    /// <summary>Longer lifetimes than this are not counted: no deadline.</summary>
    private static readonly TimeSpan Forever = TimeSpan.FromDays(36500);

    private WallClock _clock;

    /// <summary>The date became known or changed.</summary>
    public void SetWallClock(WallClock clock)
    {
        _clock = clock;
        foreach (var sa in host.Sas.All)
        {
            SetExpiry(sa);
            host.Sas.Touch(sa);
        }
    }

    /// <summary>It is established, or made by a rekeying.</summary>
    public void Begin(Instant now, IkeSa sa)
    {
        SetExpiry(sa);
        sa.RekeyAt = now + host.Options.SoftLifetime(host.Options.IkeSaLifetime, host.Random);
        sa.HardAt = now + host.Options.IkeSaLifetime * host.Options.HardLifetime;
    }

    /// <summary>Ends an SA whose peer's certificates have expired: then true.</summary>
    public bool TryExpire(Instant now, IkeSa sa)
    {
        if (sa.State != IkeSaState.Established || sa.ExpiresAt is not { } expires || now < expires)
            return false;
        host.Facts.Add(new Ikev2Fact.IkeSaClosed(sa.Id, sa.Path.Link, sa.Path.Remote, ChannelCloseReason.CertificateExpired, false));
        host.Channels.Detach(now, sa, ChannelCloseReason.CertificateExpired, false);
        host.BeginDelete(now, sa);
        return true;
    }

    /// <summary>Soft and hard lifetime by time; none of it concerns an SA that was replaced or is closing.</summary>
    public void HandleTime(Instant now, IkeSa sa)
    {
        if (!sa.IsLive)
            return;
        if (sa.HardAt is { } hardAt && now >= hardAt)
        {
            host.Exhausted(now, sa);
        }
        else if (sa.RekeyAt is { } rekeyAt && now >= rekeyAt)
        {
            sa.RekeyAt = null;
            host.Facts.Add(new Ikev2Fact.LifetimeNear(sa.Id, sa.Path.Link, sa.Path.Remote, null));
            host.Rekeying.Begin(now, sa);
        }
    }

    private void SetExpiry(IkeSa sa)
    {
        sa.ExpiresAt = null;
        if (sa.Peer is not { } peer || _clock.Date is not { } date)
            return;
        var left = peer.NotAfter - date;
        if (left < Forever)
            sa.ExpiresAt = _clock.At + left + LastSecond;
    }
}
