using System.Text.Json;
using Acp.Linux.Files;
using Acp.Linux.Interop;

namespace Acp.Daemon.Agents.Prefixes;

/// <summary>The state as a JSON file, <c>prefixes.json</c> in a directory of its own: written by rename after fsync, readable by its owner only.</summary>
internal sealed class PrefixFile(string directory) : IPrefixStore
{
    public const string DefaultDirectory = "/var/lib/acpd/prefix-manager";

    /// <summary>EWOULDBLOCK, as .NET passes it on.</summary>
    private const int LockedByAnother = 11;

    private const int MaxSize = 16 * 1024 * 1024;

    public string Path { get; } = System.IO.Path.Combine(directory, "prefixes.json");

    /// <summary>Keeps others from working with the same state; null when somebody does already.</summary>
    /// <exception cref="IOException">The directory cannot be made or written.</exception>
    public IDisposable? TryLock()
    {
        try
        {
            DurableFile.CreatePrivateDirectory(directory);
            return new FileStream(System.IO.Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (SystemCallException e)
        {
            throw new IOException(e.Message, e);
        }
        catch (IOException e) when (e.HResult == LockedByAnother)
        {
            return null;
        }
    }

    public PrefixState Load()
    {
        try
        {
            if (!File.Exists(Path))
                return new PrefixState();
            if (new FileInfo(Path).Length > MaxSize)
                throw new FormatException($"{Path}: longer than any that we write");
            var file = JsonSerializer.Deserialize(File.ReadAllBytes(Path), PrefixJson.Default.PrefixFileContent);
            return file?.ToState() ?? throw new FormatException($"{Path}: empty");
        }
        catch (Exception e) when (e is JsonException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new FormatException(e.Message.StartsWith(Path, StringComparison.Ordinal) ? e.Message : $"{Path}: {e.Message}", e);
        }
    }

    public void Save(PrefixState state)
    {
        try
        {
            DurableFile.CreatePrivateDirectory(directory);
            DurableFile.Write(Path, JsonSerializer.SerializeToUtf8Bytes(PrefixFileContent.Of(state), PrefixJson.Default.PrefixFileContent));
        }
        catch (SystemCallException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}
