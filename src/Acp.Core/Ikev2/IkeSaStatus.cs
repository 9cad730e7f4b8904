using Acp.Core.Time;

namespace Acp.Core.Ikev2;

/// <summary>One IKE SA as people see it.</summary>
/// <param name="Channel">Null before it is established, and after it was given up.</param>
/// <param name="ChildSas">Inbound and outbound ESP SPIs.</param>
public sealed record IkeSaStatus(IkeSaId IkeSa, IkePath Path, IkeSaState State, bool WeInitiated, ChannelId? Channel,
    PeerIdentity? Peer, IkeSuite? Suite, IReadOnlyList<(uint Inbound, uint Outbound)> ChildSas)
{
    /// <summary>When it was established; null before.</summary>
    public Instant? Since { get; init; }

    /// <summary>Another one took its place, by rekeying or since the peer began anew; it is about to go.</summary>
    public bool IsReplaced { get; init; }

    /// <summary>When we will rekey it, unless the peer does first; null when that is under way.</summary>
    public Instant? RekeyAt { get; init; }

    /// <summary>When it ends if nobody replaces it.</summary>
    public Instant? EndsAt { get; init; }

    /// <summary>When the first certificate of the peer's chain expires (C-19); null without a date.</summary>
    public Instant? CertificatesEndAt { get; init; }

    /// <summary>When the peer was last heard, on it or its child SAs.</summary>
    public Instant LastHeard { get; init; }

    /// <summary>Both ends take fragments (RFC 7383).</summary>
    public bool Fragmentation { get; init; }

    /// <summary>Together with those it took the place of.</summary>
    public required IkeSaTraffic Traffic { get; init; }

    public required IReadOnlyList<ChildSaStatus> Children { get; init; }

    /// <summary>A postquantum preshared key went into its keys (RFC 8784).</summary>
    public bool UsesPpk { get; init; }
}
