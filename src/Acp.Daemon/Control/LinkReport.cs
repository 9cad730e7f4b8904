namespace Acp.Daemon.Control;

/// <summary>One link of the host namespace and what we do with it.</summary>
/// <param name="Name">In the host namespace.</param>
/// <param name="Kind">"ethernet", "bridge", "veth", "loopback", …</param>
/// <param name="Used">Whether DULL GRASP runs on it.</param>
/// <param name="Reason">Why it is used or ignored, for people: "port of the bridge br0", "excluded by --interface !wlan*".</param>
/// <param name="Up">Carrier and administrative state.</param>
/// <param name="AbutmentInterface">Its counterpart in the abutment namespace; null when ignored.</param>
/// <param name="LinkLocal">Our address there; null when ignored or not up yet.</param>
public sealed record LinkReport(
    string Name,
    int Index,
    string Kind,
    bool Used,
    string Reason,
    bool Up,
    int Mtu,
    string? AbutmentInterface,
    string? LinkLocal);
