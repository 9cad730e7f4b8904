namespace Acp.Daemon.Control;

/// <summary>One IKE SA. Never any key.</summary>
/// <param name="InitiatorSpi">16 hex digits.</param>
/// <param name="ResponderSpi">16 hex digits.</param>
/// <param name="Role">"initiator" or "responder".</param>
/// <param name="State">"established", "replaced" (a younger one took its place), "closing".</param>
/// <param name="Proposal">"AES_GCM_16_256/PRF_HMAC_SHA2_256/ECP_256".</param>
/// <param name="AgeSeconds">Since this one was established.</param>
/// <param name="RekeyInSeconds">When we replace it, unless the peer does first; null when that is under way or over.</param>
/// <param name="EndsInSeconds">When it ends if nobody replaces it.</param>
/// <param name="HeardSecondsAgo">When the peer was last heard, on it or its child SAs.</param>
/// <param name="Fragmentation">Both ends take messages in fragments (RFC 7383).</param>
/// <param name="PpkUsed">A postquantum preshared key went into its keys (RFC 8784).</param>
public sealed record IkeSaReport(
    string InitiatorSpi,
    string ResponderSpi,
    string Role,
    string State,
    string Proposal,
    double AgeSeconds,
    double? RekeyInSeconds,
    double? EndsInSeconds,
    double HeardSecondsAgo,
    bool Fragmentation,
    bool PpkUsed);
