namespace Acp.Core.Identity;

/// <summary>What the CRLs at hand say about one certificate.</summary>
public enum RevocationStatus
{
    /// <summary>None of its issuer's, or only one that is out of date and does not name it.</summary>
    Unknown = 0,

    /// <summary>A current one of its issuer's does not name it.</summary>
    Good,

    /// <summary>One of its issuer's names it. One that is out of date says so as well: revocation is for good.</summary>
    Revoked,
}
