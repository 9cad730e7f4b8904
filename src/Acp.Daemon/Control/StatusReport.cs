namespace Acp.Daemon.Control;

/// <summary>The whole daemon at a glance: <c>GET /status</c>, <c>acpd status</c>.</summary>
/// <param name="Version">Of acpd.</param>
/// <param name="UptimeSeconds">Since the process started.</param>
/// <param name="RssKib">Resident memory.</param>
/// <param name="State">One word: "starting", "alone" (no channel yet), "connected", "stopping", "no-identity".</param>
/// <param name="Identity">Null without a usable certificate; <paramref name="Problems"/> says why.</param>
/// <param name="IkeSas">Established IKE SAs, all neighbours together.</param>
/// <param name="ChildSas">Child SA pairs installed in the data plane, all channels together.</param>
/// <param name="Neighbors">Entries of the adjacency table.</param>
/// <param name="Channels">Channels that are up.</param>
/// <param name="Routes">Routes in the acp namespace that we own.</param>
/// <param name="Links">Every link of the host namespace, used or not, each with the reason.</param>
/// <param name="Milestones">When what happened first and last, for the lab's phases.</param>
/// <param name="Counters">Refusals and events by name, such as "dull.ttl-not-255"; names are stable.</param>
/// <param name="Problems">What a person should look at, in words; empty on a healthy box.</param>
public sealed record StatusReport(
    string Version,
    string Instance,
    int Pid,
    double UptimeSeconds,
    long RssKib,
    string State,
    IdentityReport? Identity,
    NamespacesReport Namespaces,
    DataPlaneReport DataPlane,
    RplReport Rpl,
    int IkeSas,
    int ChildSas,
    int Neighbors,
    int Channels,
    int Routes,
    IReadOnlyList<LinkReport> Links,
    MilestonesReport Milestones,
    IReadOnlyDictionary<string, long> Counters,
    IReadOnlyList<string> Problems)
{
    /// <summary>Null from a daemon that is older than this.</summary>
    public GraspReport? Grasp { get; init; }
}
