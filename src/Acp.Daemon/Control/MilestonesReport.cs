namespace Acp.Daemon.Control;

/// <summary>
/// When things happened, as nanoseconds of CLOCK_BOOTTIME, which all processes of a machine share; null for "not yet".
/// The lab makes its phases from these.
/// </summary>
/// <param name="ProcessStartNs">As the kernel reports it for this process.</param>
/// <param name="ReadyNs">Identity loaded, namespaces and links made, the first flood can go out.</param>
/// <param name="FirstNeighborNs">The first neighbour entered the adjacency table.</param>
/// <param name="LastNeighborNs">The latest new neighbour did.</param>
/// <param name="FirstChannelNs">The first channel came up.</param>
/// <param name="LastChannelNs">The latest did.</param>
/// <param name="JoinedNs">RPL found a parent, or decided to be root, for the latest time.</param>
/// <param name="LastRouteNs">The latest route was added.</param>
/// <param name="TieBreakWaitMs">The longest delay before initiating that RFC 8994 §6.6 made us wait.</param>
public sealed record MilestonesReport(
    long? ProcessStartNs,
    long? ReadyNs,
    long? FirstNeighborNs,
    long? LastNeighborNs,
    long? FirstChannelNs,
    long? LastChannelNs,
    long? JoinedNs,
    long? LastRouteNs,
    double TieBreakWaitMs);
