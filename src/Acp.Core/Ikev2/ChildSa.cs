using Acp.Core.Time;

namespace Acp.Core.Ikev2;

/// <summary>One installed child SA pair.</summary>
/// <param name="confirmAt">When to take it for granted that the peer has its half; null when that is known already.</param>
internal sealed class ChildSa(IkeSa owner, Channel channel, EspSuite suite, uint inboundSpi, bool fromAuth, Instant? confirmAt)
{
    /// <summary>The IKE SA that speaks for it; a rekeyed one hands it on.</summary>
    public IkeSa Owner { get; set; } = owner;

    public Channel Channel { get; } = channel;

    public EspSuite Suite { get; } = suite;

    public uint InboundSpi { get; } = inboundSpi;

    public uint OutboundSpi => Suite.PeerSpi;

    /// <summary>Made by IKE_AUTH rather than CREATE_CHILD_SA.</summary>
    public bool FromAuth { get; } = fromAuth;

    public Instant? ConfirmAt { get; private set; } = confirmAt;

    /// <summary>The peer has installed its half, so that we may send on it.</summary>
    public bool IsConfirmed => ConfirmAt is null;

    public void Confirm() => ConfirmAt = null;
}
