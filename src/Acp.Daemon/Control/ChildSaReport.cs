namespace Acp.Daemon.Control;

/// <summary>One child SA pair. Never any key.</summary>
/// <param name="InboundSpi">8 hex digits, chosen by us.</param>
/// <param name="OutboundSpi">8 hex digits, chosen by the neighbour.</param>
/// <param name="Algorithm">"AES_GCM_16_256".</param>
/// <param name="State">"sending", "waiting" (for a sign that the peer has its half), "replaced", "deleting"; all of them receive.</param>
/// <param name="RekeyInSeconds">When we replace it, unless the peer does first; null when that is under way or over.</param>
/// <param name="EndsInSeconds">When it ends, replaced or not; null when it is being deleted.</param>
public sealed record ChildSaReport(
    string InboundSpi,
    string OutboundSpi,
    string Algorithm,
    bool ExtendedSequenceNumbers,
    double AgeSeconds,
    string State,
    double? RekeyInSeconds,
    double? EndsInSeconds);
