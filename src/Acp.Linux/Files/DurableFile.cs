using Acp.Linux.Interop;

namespace Acp.Linux.Files;

/// <summary>Writing that survives a power cut: temporary file, fsync, rename, fsync of the directory.</summary>
public static class DurableFile
{
    private const uint OwnerReadWrite = 0x180; // 0600

    /// <summary>
    /// Replaces or creates <paramref name="path"/> as a whole: a reader sees the old contents or the new, never a part.
    /// Throws <see cref="SystemCallException"/>, leaving what was there.
    /// </summary>
    /// <param name="mode">Permission bits, such as octal 0600. The temporary file never has more.</param>
    public static unsafe void Write(string path, ReadOnlySpan<byte> contents, uint mode = OwnerReadWrite)
    {
        var temporary = $"{path}.tmp.{Environment.ProcessId}";
        _ = LibC.unlink(temporary);
        try
        {
            using (var file = new FileDescriptor(SystemCallException.Check(
                LibC.open(temporary, Fcntl.O_WRONLY | Fcntl.O_CREAT | Fcntl.O_EXCL | Fcntl.O_CLOEXEC, OwnerReadWrite), $"create {temporary}")))
            {
                fixed (byte* p = contents)
                {
                    for (var done = 0; done < contents.Length;)
                        done += (int)SystemCallException.Check(LibC.write(file.Value, p + done, (nuint)(contents.Length - done)), $"write {temporary}");
                }

                // The umask has no say in this.
                SystemCallException.Check(LibC.chmod(temporary, mode), $"chmod {temporary}");
                SystemCallException.Check(LibC.fsync(file.Value), $"fsync {temporary}");
            }

            SystemCallException.Check(LibC.rename(temporary, path), $"rename {temporary} to {path}");
        }
        catch (SystemCallException)
        {
            _ = LibC.unlink(temporary);
            throw;
        }

        SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Makes names in the directory durable.</summary>
    public static void SyncDirectory(string path)
    {
        using var directory = new FileDescriptor(SystemCallException.Check(
            LibC.open(path, Fcntl.O_RDONLY | Fcntl.O_CLOEXEC, 0), $"open {path}"));
        SystemCallException.Check(LibC.fsync(directory.Value), $"fsync {path}");
    }

    /// <summary>Makes a directory for its owner only (0700), with parents (0755), if it is not there.</summary>
    public static void CreatePrivateDirectory(string path)
    {
        if (Directory.Exists(path))
            return;
        var parent = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(parent);
        SystemCallException.Check(LibC.mkdir(path, 0x1c0 /* 0700 */), $"mkdir {path}");
        SyncDirectory(parent);
    }
}
