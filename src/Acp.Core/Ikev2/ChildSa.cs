namespace Acp.Core.Ikev2;

/// <summary>One installed child SA pair.</summary>
internal sealed class ChildSa(IkeSa owner, Channel channel, EspSuite suite, uint inboundSpi, bool fromAuth)
{
    /// <summary>The IKE SA that speaks for it; a rekeyed one hands it on.</summary>
    public IkeSa Owner { get; set; } = owner;

    public Channel Channel { get; } = channel;

    public EspSuite Suite { get; } = suite;

    public uint InboundSpi { get; } = inboundSpi;

    public uint OutboundSpi => Suite.PeerSpi;

    /// <summary>Made by IKE_AUTH rather than CREATE_CHILD_SA.</summary>
    public bool FromAuth { get; } = fromAuth;
}
