using Acp.Linux.Interop;

namespace Acp.Linux.Namespaces;

/// <summary>
/// Kernel settings under <c>/proc/sys</c>. Those of the network are per namespace: <c>/proc/sys/net</c> shows the
/// namespace of the thread that opens a file in it, so these calls enter first.
/// </summary>
public static class Sysctl
{
    /// <summary>Writes <paramref name="value"/> to a path such as <c>net/ipv6/conf/all/forwarding</c>.</summary>
    /// <exception cref="SystemCallException">No such setting, or not allowed (a read-only <c>/proc/sys</c> in a container).</exception>
    public static void Write(NetworkNamespace ns, string path, string value)
    {
        using (ns.Enter())
            WriteHere(path, value);
    }

    /// <summary>Writes it unless it already says so: a read-only <c>/proc/sys</c> with the right value is fine.</summary>
    public static void Ensure(NetworkNamespace ns, string path, string value)
    {
        using (ns.Enter())
        {
            if (TryReadHere(path) != value)
                WriteHere(path, value);
        }
    }

    /// <summary>Like <see cref="Ensure"/>, but a kernel without this setting is no error. Returns whether it has it.</summary>
    public static bool EnsureIfKnown(NetworkNamespace ns, string path, string value)
    {
        if (TryRead(ns, path) is null)
            return false;
        Ensure(ns, path, value);
        return true;
    }

    /// <summary>The value without its newline, or null when there is no such setting.</summary>
    public static string? TryRead(NetworkNamespace ns, string path)
    {
        using (ns.Enter())
            return TryReadHere(path);
    }

    private static string? TryReadHere(string path)
    {
        try
        {
            return File.ReadAllText("/proc/sys/" + path).TrimEnd('\n');
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static unsafe void WriteHere(string path, string value)
    {
        // Not File.WriteAllText: it reports neither errno nor, for some settings, the failure.
        using var fd = new FileDescriptor(SystemCallException.Check(
            LibC.open("/proc/sys/" + path, Fcntl.O_WRONLY | Fcntl.O_CLOEXEC, 0), $"open the setting {path}"));
        var bytes = System.Text.Encoding.ASCII.GetBytes(value);
        fixed (byte* p = bytes)
            SystemCallException.Check(LibC.write(fd.Value, p, (nuint)bytes.Length), $"set {path} = {value}");
    }
}
