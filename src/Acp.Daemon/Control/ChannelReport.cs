namespace Acp.Daemon.Control;

/// <summary>One ACP secure channel: a neighbour on a link, its SAs and its interface in the acp namespace.</summary>
/// <param name="Id">"ch1".</param>
/// <param name="Interface">In the acp namespace.</param>
/// <param name="Link">Host name of the link that carries it.</param>
/// <param name="State">"up", or what it waits for.</param>
/// <param name="Role">"decider" or "follower" (RFC 8994 §6.6).</param>
/// <param name="IkeSas">All IKE SAs with this neighbour on this link; more than one only for a moment.</param>
/// <param name="ChildSas">All child SA pairs; more than one only while rekeying.</param>
/// <param name="CertificatesEnd">When the first certificate of the peer's chain expires, and the channel with it (C-19).</param>
/// <param name="LastTrouble">What went wrong with this peer last; null when nothing did.</param>
public sealed record ChannelReport(
    string Id,
    string Interface,
    string Link,
    string State,
    string Role,
    string LocalLinkLocal,
    string RemoteLinkLocal,
    string? PeerAddress,
    string? PeerName,
    int Mtu,
    double UpSeconds,
    IReadOnlyList<IkeSaReport> IkeSas,
    IReadOnlyList<ChildSaReport> ChildSas,
    IkeCountersReport Ike,
    TrafficReport Traffic,
    DateTimeOffset CertificatesEnd,
    string? LastTrouble);
