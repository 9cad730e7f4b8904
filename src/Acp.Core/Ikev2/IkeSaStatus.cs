namespace Acp.Core.Ikev2;

/// <summary>One IKE SA as people see it.</summary>
/// <param name="Channel">Null before it is established, and after it was given up.</param>
/// <param name="ChildSas">Inbound and outbound ESP SPIs.</param>
public sealed record IkeSaStatus(IkeSaId IkeSa, IkePath Path, IkeSaState State, bool WeInitiated, ChannelId? Channel,
    PeerIdentity? Peer, IkeSuite? Suite, IReadOnlyList<(uint Inbound, uint Outbound)> ChildSas);
