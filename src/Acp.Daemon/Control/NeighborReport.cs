namespace Acp.Daemon.Control;

/// <summary>One entry of the adjacency table: somebody who announces AN_ACP on a link (RFC 8994 §6.4).</summary>
/// <param name="Link">Host name of the link it was heard on.</param>
/// <param name="LinkLocal">Its address there.</param>
/// <param name="State">
/// "heard", "waiting" (tie-breaking delay), "connecting", "connected", "backing-off", "passive" (the other end decides), or
/// "no-common-method". Why a neighbour was refused stands in LastFailure.
/// </param>
/// <param name="Methods">What it offers, as "IKEv2:500".</param>
/// <param name="AcpAddress">Once authenticated.</param>
/// <param name="NodeName">Once authenticated.</param>
/// <param name="ExpiresInSeconds">Until its last flood is forgotten.</param>
/// <param name="Failures">In a row.</param>
/// <param name="LastFailure">In words; null when there was none.</param>
/// <param name="NextAttemptInSeconds">While backing off.</param>
public sealed record NeighborReport(
    string Link,
    string LinkLocal,
    string State,
    IReadOnlyList<string> Methods,
    string? AcpAddress,
    string? NodeName,
    double ExpiresInSeconds,
    int Failures,
    string? LastFailure,
    double? NextAttemptInSeconds)
{
    /// <summary>An operator named it with --neighbor: it does not expire. Met over the host's network its Link is "host".</summary>
    public bool Configured { get; init; }
}
