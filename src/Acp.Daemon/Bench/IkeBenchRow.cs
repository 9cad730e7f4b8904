namespace Acp.Daemon.Bench;

/// <summary>One pair of daemons, so many handshakes at once: the medians of several batches.</summary>
/// <param name="Initiator">"acpd" or "strongSwan".</param>
/// <param name="Responder">The same.</param>
/// <param name="FirstMeeting">acpd judged every peer as if it had never met it, rather than knowing its certificates.</param>
/// <param name="InFlight">Handshakes at once.</param>
/// <param name="Handshakes">Begun, in all batches.</param>
/// <param name="Failed">Of these, not complete.</param>
/// <param name="PerSecond">Complete handshakes (IKE SA and child SA) per second.</param>
/// <param name="InitiatorCpuMilliseconds">CPU of the initiator's process for each, all threads.</param>
/// <param name="ResponderCpuMilliseconds">The same of the responder's.</param>
public sealed record IkeBenchRow(
    string Initiator,
    string Responder,
    bool FirstMeeting,
    int InFlight,
    int Handshakes,
    int Failed,
    double PerSecond,
    double InitiatorCpuMilliseconds,
    double ResponderCpuMilliseconds);
