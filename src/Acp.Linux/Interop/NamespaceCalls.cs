namespace Acp.Linux.Interop;

/// <summary>sched.h, sys/mount.h, linux/nsfs.h, linux/magic.h.</summary>
public static class NamespaceCalls
{
    public const int CLONE_NEWNS = 0x00020000;
    public const int CLONE_NEWNET = 0x40000000;

    public const uint MS_BIND = 0x1000;
    public const uint MS_REC = 0x4000;
    public const uint MS_SHARED = 1 << 20;
    public const int MNT_DETACH = 2;

    /// <summary>The file system type of an open namespace file.</summary>
    public const long NSFS_MAGIC = 0x6e736673;

    /// <summary>Asks an open namespace file for its CLONE_… kind.</summary>
    public const uint NS_GET_NSTYPE = 0xb703;
}
