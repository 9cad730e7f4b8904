namespace Acp.Daemon.Control;

/// <summary>One IKE SA. Never any key.</summary>
/// <param name="InitiatorSpi">16 hex digits.</param>
/// <param name="ResponderSpi">16 hex digits.</param>
/// <param name="Role">"initiator" or "responder".</param>
/// <param name="Proposal">"AES_GCM_16_256/PRF_HMAC_SHA2_256/ECP_256".</param>
public sealed record IkeSaReport(
    string InitiatorSpi, string ResponderSpi, string Role, string State, string Proposal, double AgeSeconds)
{
    /// <summary>A postquantum preshared key went into its keys (RFC 8784).</summary>
    public bool PpkUsed { get; init; }
}
