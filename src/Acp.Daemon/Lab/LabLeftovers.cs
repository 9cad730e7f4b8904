using System.Globalization;
using Acp.Linux.Interop;
using Acp.Linux.Namespaces;

namespace Acp.Daemon.Lab;

/// <summary>
/// Finds and removes what labs leave: processes, namespaces (and with them links, routes, SAs), sockets, files. All is
/// found by the lab's id in its name, so it does not matter how the lab ended.
/// </summary>
public static class LabLeftovers
{
    private const string LockName = "lock";
    private const string KeepName = "kept";

    /// <summary>Marks a lab as left running on purpose: the next <c>lab run</c> lets it be, <c>lab clean</c> does not.</summary>
    public static void MarkKept(string id) => File.WriteAllText($"{LabPlan.DirectoryOf(id)}/{KeepName}", "");

    /// <summary>Takes a lab's lock, which says that its <c>lab run</c> is alive. Null when somebody else holds it.</summary>
    public static FileDescriptor? TryLock(string id)
    {
        var fd = LibC.open(
            $"{LabPlan.DirectoryOf(id)}/{LockName}", Fcntl.O_RDWR | Fcntl.O_CREAT | Fcntl.O_CLOEXEC, 0x180 /* 0600 */);
        var file = new FileDescriptor(SystemCallException.Check(fd, $"open the lock of lab {id}"));
        if (LibC.flock(fd, Fcntl.LOCK_EX | Fcntl.LOCK_NB) == 0)
            return file;
        file.Dispose();
        return null;
    }

    /// <summary>Ids of all labs that have left anything: a directory, or a namespace that outlived it.</summary>
    public static IReadOnlyList<string> Find()
    {
        var ids = new SortedSet<string>(StringComparer.Ordinal);
        if (Directory.Exists(LabPlan.Root))
        {
            foreach (var directory in Directory.EnumerateDirectories(LabPlan.Root))
                ids.Add(Path.GetFileName(directory));
        }

        foreach (var name in NamespaceNames())
        {
            if (name.Split('-') is ["acplab", var id, _])
                ids.Add(id);
        }

        return ids.ToList();
    }

    /// <summary>Removes every lab whose <c>lab run</c> is dead; the kept ones only when asked.</summary>
    /// <param name="only">The id of the only one to look at; null for all.</param>
    /// <returns>Their ids.</returns>
    public static IReadOnlyList<string> CleanDead(bool alsoKept, string? only = null)
    {
        var cleaned = new List<string>();
        foreach (var id in Find().Where(id => only is null || id == only))
        {
            var directory = LabPlan.DirectoryOf(id);
            if (Directory.Exists(directory))
            {
                if (File.Exists($"{directory}/{KeepName}") && !alsoKept)
                    continue;
                using var held = TryLock(id);
                if (held is null)
                    continue;
                Clean(id);
            }
            else
            {
                Clean(id);
            }

            cleaned.Add(id);
        }

        return cleaned;
    }

    /// <summary>Ends the lab's daemons, SIGTERM first, and removes all that carries its id.</summary>
    public static void Clean(string id)
    {
        EndProcesses(id);
        foreach (var name in NamespaceNames())
        {
            if (name.StartsWith(LabPlan.NamespacePrefixOf(id), StringComparison.Ordinal)
                || name.StartsWith(NodeNamespaces.AbutmentName(LabPlan.InstancePrefixOf(id)), StringComparison.Ordinal)
                || name.StartsWith(NodeNamespaces.AcpName(LabPlan.InstancePrefixOf(id)), StringComparison.Ordinal))
                NetworkNamespace.Delete(name);
        }

        if (Directory.Exists(RunOptions.DefaultRunDirectory))
        {
            foreach (var file in Directory.EnumerateFiles(RunOptions.DefaultRunDirectory, LabPlan.InstancePrefixOf(id) + "*"))
                File.Delete(file);
        }

        if (Directory.Exists(LabPlan.DirectoryOf(id)))
            Directory.Delete(LabPlan.DirectoryOf(id), recursive: true);
    }

    private static void EndProcesses(string id)
    {
        var patience = Environment.TickCount64 + 10_000;
        var asked = new HashSet<int>();
        while (Processes(id) is { Count: > 0 } alive)
        {
            var force = Environment.TickCount64 > patience;
            foreach (var pid in alive)
            {
                if (force || asked.Add(pid))
                    _ = LibC.kill(pid, force ? Acp.Linux.Interop.Processes.SIGKILL : Acp.Linux.Interop.Processes.SIGTERM);
            }

            if (Environment.TickCount64 > patience + 5_000)
                throw new LabException($"these processes of lab {id} do not end: {string.Join(' ', alive)}");
            Thread.Sleep(50);
        }
    }

    /// <summary>
    /// Our daemons by their command line, "… --instance lab&lt;id&gt;-n1 …": a number in a file could meanwhile be
    /// somebody else's process.
    /// </summary>
    private static List<int> Processes(string id)
    {
        var prefix = LabPlan.InstancePrefixOf(id);
        var found = new List<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                || pid == Environment.ProcessId)
                continue;
            try
            {
                var words = File.ReadAllText(directory + "/cmdline").Split('\0');
                var at = Array.IndexOf(words, "--instance");
                if (at > 0 && at + 1 < words.Length && Array.IndexOf(words, "run") is > 0 and var run && run < at
                    && words[at + 1].StartsWith(prefix, StringComparison.Ordinal))
                    found.Add(pid);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended while we looked.
            }
        }

        return found;
    }

    private static List<string> NamespaceNames() => Directory.Exists(NetworkNamespace.Directory)
        ? Directory.EnumerateFiles(NetworkNamespace.Directory).Select(p => Path.GetFileName(p)!).ToList()
        : [];
}
