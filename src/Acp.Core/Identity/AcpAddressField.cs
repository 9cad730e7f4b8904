namespace Acp.Core.Identity;

/// <summary>The three states of the acp-address field (RFC 8994 §6.2.2, A-12).</summary>
public enum AcpAddressField
{
    /// <summary>A domain member, but never a secure channel.</summary>
    Omitted,

    /// <summary>"0": a secure channel, with an address from elsewhere.</summary>
    Zero,

    /// <summary>32HEXDIG.</summary>
    Present,
}
