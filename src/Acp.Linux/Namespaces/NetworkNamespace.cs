using System.Runtime.InteropServices;
using Acp.Linux.Interop;

namespace Acp.Linux.Namespaces;

/// <summary>
/// A network namespace, held by an open descriptor: it lives at least as long as this object. Named ones are also
/// bind-mounted at <c>/run/netns/&lt;name&gt;</c>, where <c>ip netns exec</c> finds them, and so outlive the process;
/// the next start adopts them.
/// </summary>
/// <remarks>
/// Namespaces belong to threads. <see cref="Enter"/> moves the current thread only; a socket keeps the namespace it
/// was made in, so the usual pattern is to enter, make the socket, and leave.
/// </remarks>
public sealed unsafe class NetworkNamespace : IDisposable
{
    /// <summary>Where iproute2 keeps its named namespaces.</summary>
    public const string Directory = "/run/netns";

    private readonly FileDescriptor _fd;

    private NetworkNamespace(FileDescriptor fd, string? name)
    {
        _fd = fd;
        Name = name;
    }

    /// <summary>The name under <see cref="Directory"/>, or null for one opened otherwise.</summary>
    public string? Name { get; }

    /// <summary>The open namespace file, for IFLA_NET_NS_FD and the like.</summary>
    public int Fd => _fd.Value;

    /// <summary>The namespace of the current thread.</summary>
    public static NetworkNamespace OpenCurrent() => Open("/proc/thread-self/ns/net");

    /// <summary>Opens a namespace file, such as <c>/proc/1/ns/net</c>.</summary>
    /// <exception cref="SystemCallException">There is none, or it is not a network namespace.</exception>
    public static NetworkNamespace Open(string path) =>
        TryOpen(path, name: null) ?? throw new SystemCallException($"open the network namespace {path}", Errno.EINVAL);

    /// <summary>A new, empty namespace without a name: it goes when this object and what was made inside it go.</summary>
    public static NetworkNamespace CreateUnnamed()
    {
        using var home = OpenCurrent();
        // Before the scope: whoever may not leave may not come back either, and need not.
        SystemCallException.Check(LibC.unshare(NamespaceCalls.CLONE_NEWNET), "make a network namespace");
        using (new NamespaceScope(home))
            return OpenCurrent();
    }

    /// <summary>
    /// Opens the namespace of that name, or makes it. What a killed predecessor left half done (the mount point file
    /// without its mount) is completed.
    /// </summary>
    public static NetworkNamespace CreateOrAdopt(string name)
    {
        var path = PathOf(name);
        PrepareDirectory();
        if (File.Exists(path) && TryOpen(path, name) is { } existing)
            return existing;

        // Two steps that cannot be one: the file, then the mount over it. Dying in between leaves a plain file, which
        // TryOpen tells from a namespace by its file system.
        using (new FileDescriptor(SystemCallException.Check(
            LibC.open(path, Fcntl.O_RDONLY | Fcntl.O_CREAT | Fcntl.O_CLOEXEC, 0), $"create {path}")))
        {
        }

        using (var home = OpenCurrent())
        {
            SystemCallException.Check(LibC.unshare(NamespaceCalls.CLONE_NEWNET), $"make the network namespace {name}");
            using var scope = new NamespaceScope(home);
            SystemCallException.Check(
                LibC.mount("/proc/thread-self/ns/net", path, "none", NamespaceCalls.MS_BIND, null), $"mount {path}");
        }

        return TryOpen(path, name) ?? throw new SystemCallException($"open the network namespace {path}", Errno.EINVAL);
    }

    /// <summary>Whether a live namespace of that name exists.</summary>
    public static bool Exists(string name)
    {
        if (!File.Exists(PathOf(name)))
            return false;
        using var found = TryOpen(PathOf(name), name);
        return found is not null;
    }

    /// <summary>
    /// Takes the name away. The namespace itself goes when its last process, socket and descriptor go. A name that
    /// does not exist is no error.
    /// </summary>
    public static void Delete(string name)
    {
        var path = PathOf(name);
        if (!File.Exists(path))
            return;

        // More than one mount may lie on top of another when somebody else's tool raced with us; EINVAL says none is left.
        while (LibC.umount2(path, NamespaceCalls.MNT_DETACH) == 0)
        {
        }

        if (LibC.unlink(path) != 0 && Marshal.GetLastPInvokeError() is var errno && errno != Errno.ENOENT)
            throw new SystemCallException($"remove {path}", errno);
    }

    /// <summary>
    /// Moves the current thread into this namespace until the returned scope is disposed, which must happen on the
    /// same thread: <c>using (ns.Enter()) { … }</c>, with no await inside (the type sees to that).
    /// </summary>
    public NamespaceScope Enter()
    {
        var home = OpenCurrent();
        if (LibC.setns(Fd, NamespaceCalls.CLONE_NEWNET) == 0)
            return new NamespaceScope(home, owns: true);
        var errno = Marshal.GetLastPInvokeError();
        home.Dispose();
        throw new SystemCallException($"enter the network namespace {this}", errno);
    }

    /// <summary>Runs <paramref name="action"/> inside and returns its result.</summary>
    public T Run<T>(Func<T> action)
    {
        using (Enter())
            return action();
    }

    /// <summary>Runs <paramref name="action"/> inside.</summary>
    public void Run(Action action)
    {
        using (Enter())
            action();
    }

    public void Dispose() => _fd.Dispose();

    public override string ToString() => Name ?? _fd.ToString();

    private static string PathOf(string name)
    {
        if (name.Length is 0 or > 200 || name is "." or ".." || name.AsSpan().ContainsAny('/', '\0'))
            throw new ArgumentException($"'{name}' cannot name a network namespace", nameof(name));
        return $"{Directory}/{name}";
    }

    private static NetworkNamespace? TryOpen(string path, string? name)
    {
        var fd = new FileDescriptor(SystemCallException.Check(
            LibC.open(path, Fcntl.O_RDONLY | Fcntl.O_CLOEXEC, 0), $"open {path}"));
        statfs_t fs;
        if (LibC.fstatfs(fd.Value, &fs) == 0 && fs.f_type == NamespaceCalls.NSFS_MAGIC
            && LibC.ioctl(fd.Value, NamespaceCalls.NS_GET_NSTYPE, null) == NamespaceCalls.CLONE_NEWNET)
            return new NetworkNamespace(fd, name);
        fd.Dispose();
        return null;
    }

    /// <summary>
    /// Makes the directory a shared mount, exactly as <c>ip netns add</c> does, so that names made before and after by
    /// either tool are seen in every mount namespace.
    /// </summary>
    private static void PrepareDirectory()
    {
        if (LibC.mkdir(Directory, 0x1ed /* 0755 */) != 0 && Marshal.GetLastPInvokeError() is var errno && errno != Errno.EEXIST)
            throw new SystemCallException($"create {Directory}", errno);
        const uint shared = NamespaceCalls.MS_SHARED | NamespaceCalls.MS_REC;
        if (LibC.mount("", Directory, "none", shared, null) == 0)
            return;

        // EINVAL: not a mount point yet. Other errors too: the directory works without being shared.
        if (Marshal.GetLastPInvokeError() == Errno.EINVAL
            && LibC.mount(Directory, Directory, "none", NamespaceCalls.MS_BIND | NamespaceCalls.MS_REC, null) == 0)
            _ = LibC.mount("", Directory, "none", shared, null);
    }
}
