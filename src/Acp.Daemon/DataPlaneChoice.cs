namespace Acp.Daemon;

/// <summary>Which data plane carries the child SAs.</summary>
public enum DataPlaneChoice
{
    /// <summary>The kernel where a probe shows that it works, user space otherwise.</summary>
    Auto,

    /// <summary>Kernel xfrm or nothing.</summary>
    Kernel,

    /// <summary>TUN and raw ESP sockets or nothing.</summary>
    Userspace,
}
