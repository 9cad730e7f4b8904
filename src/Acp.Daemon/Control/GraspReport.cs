namespace Acp.Daemon.Control;

/// <summary>GRASP inside the ACP, as <c>acpd status</c> shows it; what its caches hold is <c>acpd grasp</c>'s to say.</summary>
/// <param name="Operational">It has its port in the acp namespace; without it no program can use it.</param>
/// <param name="Address">Where others reach its programs, over TLS.</param>
/// <param name="Neighbors">One for each channel.</param>
/// <param name="Streams">TLS streams, open or being opened.</param>
/// <param name="Sessions">Negotiations and synchronizations under way.</param>
/// <param name="Pending">Calls of programs that have no answer yet.</param>
/// <param name="Floods">Flooded objectives in the cache.</param>
/// <param name="Discovered">Locators in the discovery cache.</param>
public sealed record GraspReport(
    bool Operational, string Address, int Port, IReadOnlyList<GraspNeighborReport> Neighbors, int Streams, int Sessions, int Pending,
    int Floods, int Discovered);
