namespace Acp.Core.Identity;

/// <summary>What a peer's certificate is checked for (RFC 8994 §6.2.3).</summary>
public enum MembershipPurpose
{
    /// <summary>Rules 1 to 4: TLS for ACP GRASP, EST and the like.</summary>
    EndToEnd,

    /// <summary>Rules 1 to 5.</summary>
    SecureChannel,
}
