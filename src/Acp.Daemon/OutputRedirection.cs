using System.Globalization;
using System.Runtime.InteropServices;
using Acp.Linux.Interop;

namespace Acp.Daemon;

/// <summary>
/// <c>acpd run --log-file PATH</c>: both standard streams go to the file, so that a crash report of the runtime lands
/// there as well, and the caller's pipes are let go of. This must come before the first use of <see cref="Console"/>,
/// which keeps what it finds; so it looks at the bare arguments.
/// </summary>
internal static class OutputRedirection
{
    /// <returns>False when the file cannot be written; that has been said.</returns>
    public static bool TryApply(string[] args)
    {
        if (args is not ["run", ..] || Find(args) is not { } path)
            return true;
        using var file = new FileDescriptor(
            LibC.open(path, Fcntl.O_WRONLY | Fcntl.O_CREAT | Fcntl.O_APPEND | Fcntl.O_CLOEXEC, 0x1a4 /* 0644 */));
        if (file.IsInvalid)
        {
            var why = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
            Console.Error.WriteLine($"acpd: --log-file: {path} cannot be written: {why}");
            return false;
        }

        foreach (var stream in WithDuplicates(1).Concat(WithDuplicates(2)).Distinct().ToList())
            SystemCallException.Check(LibC.dup2(file.Value, stream), $"write to {path}");
        return true;
    }

    /// <summary>
    /// The descriptor and whatever else is open on the same pipe, file or terminal: the runtime's native part makes
    /// duplicates of the standard streams before any of our code runs. Standard input stays.
    /// </summary>
    private static IEnumerable<int> WithDuplicates(int stream)
    {
        var target = Target(stream);
        return target is null or "/dev/null" || target == Target(0)
            ? [stream]
            : Directory.EnumerateFileSystemEntries("/proc/self/fd")
                .Select(entry => int.Parse(Path.GetFileName(entry), CultureInfo.InvariantCulture))
                .Where(fd => Target(fd) == target);
    }

    /// <summary>"pipe:[1234]", "/dev/pts/0", a path; null for a closed one.</summary>
    private static string? Target(int fd)
    {
        try
        {
            return new FileInfo($"/proc/self/fd/{fd}").LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Both spellings: <c>--log-file PATH</c> and <c>--log-file=PATH</c>.</summary>
    private static string? Find(string[] args)
    {
        const string name = "--log-file";
        for (var i = 1; i < args.Length; i++)
        {
            if (args[i] == name && i + 1 < args.Length)
                return args[i + 1];
            if (args[i].StartsWith(name + "=", StringComparison.Ordinal))
                return args[i][(name.Length + 1)..];
        }

        return null;
    }
}
