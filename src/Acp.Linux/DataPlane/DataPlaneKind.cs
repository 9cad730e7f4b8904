namespace Acp.Linux.DataPlane;

/// <summary>Who encrypts.</summary>
public enum DataPlaneKind
{
    /// <summary>xfrm states and policies, an xfrm interface per channel.</summary>
    Kernel,

    /// <summary>A TUN per channel and a raw ESP socket per link, inside acpd.</summary>
    Userspace,
}
