namespace Acp.Daemon.Lab;

/// <summary>What the lab's boxes encrypt with.</summary>
public enum LabDataPlane
{
    /// <summary>Every box chooses.</summary>
    Auto,

    /// <summary>All in user space.</summary>
    Userspace,

    /// <summary>All in the kernel.</summary>
    Kernel,

    /// <summary>Boxes 1, 3, 5 … in the kernel, 2, 4, 6 … in user space.</summary>
    Mixed,
}
