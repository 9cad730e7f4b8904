using Acp.Asa;

namespace Acp.Daemon.Agents.Files;

/// <summary>
/// Gives the files of one directory to whoever asks, by synchronization: an objective for each file, and one for each of its parts. Only
/// plain files of the directory itself; no links, nothing hidden. Looks now and then whether they have changed.
/// </summary>
/// <param name="say">A line for people.</param>
internal sealed class FileServer(GraspAsa asa, string directory, TimeProvider time, Action<string> say)
{
    /// <summary>Of all files together, as many objectives as an ASA may have.</summary>
    public const int MaxObjectives = 64;

    /// <summary>Octets of one file.</summary>
    public const long MaxSize = (long)FileManifest.DefaultPartSize * (MaxObjectives - 1);

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    private static readonly ObjectiveRegistration Registration = new() { MaxMessageSize = FileManifest.MaxMessageSize, Overlap = true };

    private readonly Dictionary<string, Served> _files = [];
    private readonly HashSet<string> _left = [];

    /// <summary>Until cancelled.</summary>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            await LookAsync(cancel).ConfigureAwait(false);
            await Task.Delay(LookEvery, time, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Takes up what is new or has changed, and leaves out what is gone.</summary>
    public async Task LookAsync(CancellationToken cancel = default)
    {
        var there = new DirectoryInfo(directory).EnumerateFiles().Where(IsPlain).ToDictionary(f => f.Name);
        foreach (var gone in _files.Keys.Where(name => !there.ContainsKey(name)).ToList())
            await RemoveAsync(gone, cancel).ConfigureAwait(false);
        _left.IntersectWith(there.Keys);
        foreach (var (name, file) in there.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            if (!_files.TryGetValue(name, out var known) || known.Written != file.LastWriteTimeUtc || known.Manifest.Size != file.Length)
                await TakeAsync(name, file, cancel).ConfigureAwait(false);
        }
    }

    private static bool IsPlain(FileInfo file) =>
        FileName.IsAllowed(file.Name) && file.LinkTarget is null && (file.Attributes & (FileAttributes.ReparsePoint | FileAttributes.Device)) == 0;

    private async Task TakeAsync(string name, FileInfo file, CancellationToken cancel)
    {
        // Before the contents are read: what changes while they are is seen next time.
        var written = file.LastWriteTimeUtc;
        if (TryRead(file) is not { } contents)
        {
            if (_left.Add(name))
                say($"{name} is left out: it is larger than {MaxSize} octets, or cannot be read");
            await RemoveAsync(name, cancel).ConfigureAwait(false);
            return;
        }

        var manifest = FileManifest.Of(contents);
        var others = _files.Where(f => f.Key != name).Sum(f => 1 + f.Value.Manifest.Parts);
        if (others + 1 + manifest.Parts > MaxObjectives)
        {
            if (_left.Add(name))
                say($"{name} is left out: there is no room for it beside the others");
            await RemoveAsync(name, cancel).ConfigureAwait(false);
            return;
        }

        _files.TryGetValue(name, out var before);
        // The parts first: who sees the new description finds what it describes.
        for (var part = 0; part < manifest.Parts; part++)
        {
            var octets = contents.AsSpan(part * manifest.PartSize, manifest.LengthOf(part)).ToArray();
            await OfferAsync(FileManifest.PartOf(name, part) with { Value = octets }, part >= (before?.Manifest.Parts ?? 0), cancel).ConfigureAwait(false);
        }

        await OfferAsync(FileManifest.ObjectiveOf(name) with { Value = CborValue.From(manifest, FileManifest.Converter) }, before is null, cancel).ConfigureAwait(false);
        for (var part = manifest.Parts; part < before?.Manifest.Parts; part++)
            await asa.DeregisterObjectiveAsync(FileManifest.PartOf(name, part).Name, cancel).ConfigureAwait(false);
        _files[name] = new Served(manifest, written);
        _left.Remove(name);
        say($"{(before is null ? "serving" : "changed:")} {name}, {manifest.Size} octets, SHA-256 {manifest.Sha256}");
    }

    private async Task OfferAsync(Objective objective, bool isNew, CancellationToken cancel)
    {
        if (isNew)
            await asa.RegisterObjectiveAsync(objective, Registration, cancel).ConfigureAwait(false);
        await asa.ListenSynchronizeAsync(objective, cancel).ConfigureAwait(false);
    }

    private async Task RemoveAsync(string name, CancellationToken cancel)
    {
        if (!_files.Remove(name, out var served))
            return;
        await asa.DeregisterObjectiveAsync(FileManifest.ObjectiveOf(name).Name, cancel).ConfigureAwait(false);
        for (var part = 0; part < served.Manifest.Parts; part++)
            await asa.DeregisterObjectiveAsync(FileManifest.PartOf(name, part).Name, cancel).ConfigureAwait(false);
        say($"{name} is gone");
    }

    /// <summary>No more than <see cref="MaxSize"/>, however much it grows meanwhile; null otherwise.</summary>
    private static byte[]? TryRead(FileInfo file)
    {
        try
        {
            if (file.Length > MaxSize)
                return null;
            using var stream = file.OpenRead();
            var contents = new byte[file.Length + 1];
            var length = stream.ReadAtLeast(contents, contents.Length, throwOnEndOfStream: false);
            return length <= file.Length ? contents[..length] : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed record Served(FileManifest Manifest, DateTime Written);
}
