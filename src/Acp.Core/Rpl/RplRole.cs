namespace Acp.Core.Rpl;

/// <summary>A node's place in the DODAG.</summary>
public enum RplRole
{
    /// <summary>Root with preference 2 or more: grounded.</summary>
    Root,

    /// <summary>Root for want of a better one: G=0.</summary>
    Floating,

    /// <summary>Below a parent.</summary>
    Joined,
}
