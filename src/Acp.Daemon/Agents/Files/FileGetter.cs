using Acp.Asa;

namespace Acp.Daemon.Agents.Files;

/// <summary>Gets a file from whichever <see cref="FileServer"/> has it, and believes only what its SHA-256 says.</summary>
internal sealed class FileGetter(GraspAsa asa)
{
    private const int Attempts = 3;

    private static readonly ObjectiveRegistration Registration = new() { MaxMessageSize = FileManifest.MaxMessageSize, Overlap = true };

    /// <returns>Null when nobody has it.</returns>
    /// <param name="maxSize">In octets; a larger file is not begun.</param>
    /// <exception cref="FormatException">It is too large, or what came is not what was described.</exception>
    /// <exception cref="GraspException">Whoever had it does not answer.</exception>
    public async Task<byte[]?> GetAsync(string name, long maxSize, TimeSpan timeout, CancellationToken cancel = default)
    {
        if (!FileName.IsAllowed(name))
            throw new FormatException($"'{name}' is not the name of a file in one directory");
        var objective = FileManifest.ObjectiveOf(name);
        await asa.RegisterObjectiveAsync(objective, Registration, cancel).ConfigureAwait(false);
        if (await FindAsync(objective, timeout, cancel).ConfigureAwait(false) is not { } first)
            return null;
        var (server, found) = first;
        for (var attempt = 1; ; attempt++)
        {
            var manifest = found.Value.To(FileManifest.Converter);
            if (manifest.Size > maxSize)
                throw new FormatException($"{name} has {manifest.Size} octets, more than {maxSize}");
            // It may change while we read it: then there is another description by now.
            if (await PartsAsync(name, manifest, server, timeout, cancel).ConfigureAwait(false) is { } contents && FileManifest.Hash(contents) == manifest.Sha256)
                return contents;
            if (attempt == Attempts)
                throw new FormatException($"what came of {name} is not what its SHA-256 says");
            found = await asa.SynchronizeAsync(objective, server, timeout, cancel: cancel).ConfigureAwait(false);
        }
    }

    private async Task<(AsaLocator Server, Objective Found)?> FindAsync(Objective objective, TimeSpan timeout, CancellationToken cancel)
    {
        if (await asa.DiscoverFirstAsync(objective, timeout, cancel: cancel).ConfigureAwait(false) is not { } known)
            return null;
        try
        {
            return (known, await asa.SynchronizeAsync(objective, known, timeout, cancel: cancel).ConfigureAwait(false));
        }
        catch (GraspPeerException)
        {
            // Who was discovered some time ago may no longer have it: asked anew, without the cache.
            if (await asa.DiscoverFirstAsync(objective, timeout, TimeSpan.Zero, cancel).ConfigureAwait(false) is not { } server)
                return null;
            try
            {
                return (server, await asa.SynchronizeAsync(objective, server, timeout, cancel: cancel).ConfigureAwait(false));
            }
            catch (GraspPeerException e) when (e.Error == Wire.Grasp.GraspError.noListener)
            {
                return null; // others have caches, too, and answer out of them for a while
            }
        }
    }

    private async Task<byte[]?> PartsAsync(string name, FileManifest manifest, AsaLocator server, TimeSpan timeout, CancellationToken cancel)
    {
        var contents = new MemoryStream();
        for (var part = 0; part < manifest.Parts; part++)
        {
            var objective = FileManifest.PartOf(name, part);
            await asa.RegisterObjectiveAsync(objective, Registration, cancel).ConfigureAwait(false);
            try
            {
                var octets = (await asa.SynchronizeAsync(objective, server, timeout, cancel: cancel).ConfigureAwait(false)).Value.ToBytes();
                if (octets.Length != manifest.LengthOf(part))
                    return null;
                contents.Write(octets);
            }
            finally
            {
                await asa.DeregisterObjectiveAsync(objective.Name, CancellationToken.None).ConfigureAwait(false);
            }
        }

        return contents.ToArray();
    }
}
