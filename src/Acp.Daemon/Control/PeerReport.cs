namespace Acp.Daemon.Control;

/// <summary>All that is known of one peer on one link: <c>GET /channel?peer=…</c>, <c>acpd channel PEER</c>.</summary>
/// <param name="Link">Host name of the link.</param>
/// <param name="Address">The peer's address on it.</param>
/// <param name="Channel">Null while there is none.</param>
/// <param name="Neighbor">Its row of the adjacency table; null for somebody who is not (or no longer) in it.</param>
/// <param name="LastTrouble">Null when nothing went wrong.</param>
/// <param name="Verdict">Null before it showed a certificate.</param>
/// <param name="Certificates">What it showed last, leaf first.</param>
/// <param name="Events">The latest of its story, oldest first.</param>
public sealed record PeerReport(
    string Link,
    string Address,
    ChannelReport? Channel,
    NeighborReport? Neighbor,
    TroubleReport? LastTrouble,
    VerdictReport? Verdict,
    IReadOnlyList<CertificateReport> Certificates,
    IReadOnlyList<EventReport> Events);
