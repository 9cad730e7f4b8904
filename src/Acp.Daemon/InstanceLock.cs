using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Acp.Linux.Interop;

namespace Acp.Daemon;

/// <summary>
/// "One daemon per instance": a locked file in the run directory that holds the owner's process id. The lock is
/// flock(2)'s, so the kernel lets go of it when the process dies, however it dies; the file itself may stay behind
/// and means nothing.
/// </summary>
public sealed class InstanceLock : IDisposable
{
    private readonly FileDescriptor _file;
    private readonly string _path;

    private InstanceLock(FileDescriptor file, string path)
    {
        _file = file;
        _path = path;
    }

    /// <summary>Makes the run directory if need be and takes the lock.</summary>
    /// <exception cref="StartupException">Another daemon holds it, or the directory cannot be used.</exception>
    public static InstanceLock Take(RunOptions options)
    {
        try
        {
            Directory.CreateDirectory(options.RunDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(ExitCode.Configuration, $"cannot make the run directory {options.RunDirectory}: {e.Message}", e);
        }

        while (true)
        {
            var fd = LibC.open(options.LockFile, Fcntl.O_RDWR | Fcntl.O_CREAT | Fcntl.O_CLOEXEC, 0x180 /* 0600 */);
            if (fd < 0)
                throw new StartupException(
                    ExitCode.Configuration, $"cannot open {options.LockFile}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
            var file = new FileDescriptor(fd);
            if (LibC.flock(fd, Fcntl.LOCK_EX | Fcntl.LOCK_NB) != 0)
            {
                var owner = ReadOwner(fd);
                file.Dispose();
                throw new StartupException(ExitCode.Unavailable, AlreadyRuns(options, owner));
            }

            // A predecessor that was just ending may have removed the name between our open and our lock: then we hold
            // a file that nobody else will find, and must try again.
            if (!SameFile(fd, options.LockFile))
            {
                file.Dispose();
                continue;
            }

            WriteOwner(fd);
            return new InstanceLock(file, options.LockFile);
        }
    }

    /// <summary>Removes the file while still holding it, then lets go.</summary>
    public void Dispose()
    {
        if (_file.IsClosed)
            return;
        _ = LibC.unlink(_path);
        _file.Dispose();
    }

    private static string AlreadyRuns(RunOptions options, string owner)
    {
        var who = owner.Length > 0 ? $" (process {owner})" : "";
        return $"an acpd with the instance name '{options.Instance}' is already running{who}: "
            + $"see 'acpd status --instance {options.Instance}', stop it, or start this one with another --instance";
    }

    private static bool SameFile(int fd, string path)
    {
        try
        {
            // /proc shows " (deleted)" after the name of a file that has none any more.
            return File.ResolveLinkTarget($"/proc/self/fd/{fd.ToString(CultureInfo.InvariantCulture)}", false)?.FullName == Path.GetFullPath(path)
                && File.Exists(path);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Not by way of File, which would itself try to lock the file and fail.</summary>
    private static unsafe string ReadOwner(int fd)
    {
        Span<byte> text = stackalloc byte[32];
        fixed (byte* p = text)
            return Encoding.ASCII.GetString(text[..(int)Math.Max(LibC.read(fd, p, (nuint)text.Length), 0)]).Trim();
    }

    private static unsafe void WriteOwner(int fd)
    {
        var text = Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
        SystemCallException.Check(LibC.ftruncate(fd, 0), "empty the lock file");
        fixed (byte* p = text)
            SystemCallException.Check(LibC.write(fd, p, (nuint)text.Length), "write the lock file");
    }
}
