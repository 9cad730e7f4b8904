namespace Acp.Daemon.Control;

/// <summary>One child SA pair. Never any key.</summary>
/// <param name="InboundSpi">8 hex digits, chosen by us.</param>
/// <param name="OutboundSpi">8 hex digits, chosen by the neighbour.</param>
/// <param name="Algorithm">"AES_GCM_16_256".</param>
public sealed record ChildSaReport(
    string InboundSpi, string OutboundSpi, string Algorithm, bool ExtendedSequenceNumbers, double AgeSeconds);
