using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Acp.Core.Identity;
using Acp.Linux.Files;
using Acp.Linux.Interop;

namespace Acp.Daemon.Identity;

/// <summary>
/// Identity at rest, in PEM that openssl reads: <c>node.crt</c> the ACP certificate, <c>node.key</c> its key (0600),
/// <c>ta.crt</c> the trust anchors, and <c>chain.crt</c> the intermediates where there are any. A damaged
/// directory is reported by file and reason, and never written to.
/// </summary>
public static class StateDirectory
{
    public const string CertificateFile = "node.crt";
    public const string KeyFile = "node.key";
    public const string ChainFile = "chain.crt";
    public const string TrustAnchorFile = "ta.crt";

    private const uint PublicMode = 0x1a4; // 0644
    private const uint SecretMode = 0x180; // 0600
    private const UnixFileMode NotOwner = (UnixFileMode)0x3f; // 077

    private static readonly string[] AllFiles = [CertificateFile, KeyFile, ChainFile, TrustAnchorFile];

    /// <param name="date">For the warning about an expired certificate; null when the date is not known.</param>
    public static StateDirectoryResult Load(string path, DateTimeOffset? date)
    {
        var warnings = new List<string>();
        if (!Directory.Exists(path) || !AllFiles.Any(f => File.Exists(Path.Combine(path, f))))
        {
            return Fail(StateDirectoryProblem.NotEnrolled,
                $"{path}: no ACP certificate here (expected {CertificateFile}, {KeyFile} and {TrustAnchorFile}; 'acpd ca issue' makes them)");
        }

        try
        {
            return LoadFiles(path, date, warnings);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return Fail(StateDirectoryProblem.Unreadable, $"{path}: may not be read by us, or vanished while we read it", warnings);
        }
    }

    /// <summary>
    /// Writes a new identity. Throws <see cref="StateDirectoryException"/> when any of the files is already there.
    /// node.crt comes last: a directory without it is known to be half-written.
    /// </summary>
    public static void Create(string path, X509Certificate2 certificate, IReadOnlyList<X509Certificate2> intermediates,
        IReadOnlyList<X509Certificate2> trustAnchors, AsymmetricAlgorithm key)
    {
        foreach (var file in AllFiles)
        {
            if (File.Exists(Path.Combine(path, file)))
                throw new StateDirectoryException($"{Path.Combine(path, file)}: already exists; nothing was written");
        }

        try
        {
            DurableFile.CreatePrivateDirectory(path);
            // It may have been there, made by somebody with another umask.
            SystemCallException.Check(LibC.chmod(path, 0x1c0 /* 0700 */), $"chmod {path}");
            DurableFile.Write(Path.Combine(path, TrustAnchorFile), Pem(trustAnchors), PublicMode);
            if (intermediates.Count > 0)
                DurableFile.Write(Path.Combine(path, ChainFile), Pem(intermediates), PublicMode);
            var pem = Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n");
            DurableFile.Write(Path.Combine(path, KeyFile), pem, SecretMode);
            CryptographicOperations.ZeroMemory(pem);
            DurableFile.Write(Path.Combine(path, CertificateFile), Pem([certificate]), PublicMode);
        }
        catch (SystemCallException e)
        {
            throw new StateDirectoryException(e.Message, e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new StateDirectoryException($"{path}: cannot be made (permission denied, or a file is in the way)", e);
        }
    }

    /// <summary>Certificates one after the other.</summary>
    internal static byte[] Pem(IEnumerable<X509Certificate2> certificates) =>
        Encoding.ASCII.GetBytes(string.Concat(certificates.Select(c => c.ExportCertificatePem() + "\n")));

    private static StateDirectoryResult LoadFiles(string path, DateTimeOffset? date, List<string> warnings)
    {
        var keyPath = Path.Combine(path, KeyFile);
        if (File.Exists(keyPath) && (File.GetUnixFileMode(keyPath) & NotOwner) != 0)
        {
            return Fail(StateDirectoryProblem.PermissionsTooOpen,
                $"{keyPath}: others than its owner may use it (mode {Octal(File.GetUnixFileMode(keyPath))}); "
                + "if nobody has copied it: chmod 600, otherwise enrol the node again");
        }

        var mode = File.GetUnixFileMode(path);
        if ((mode & NotOwner) != 0)
        {
            File.SetUnixFileMode(path, mode & ~NotOwner);
            warnings.Add($"{path}: was open to others (mode {Octal(mode)}), now 700");
        }

        // What has been loaded when a later file turns out bad is left to the finalizer: this happens once, at start.
        if (LoadCertificates(path, CertificateFile, warnings, out var failure) is not { } leaf)
            return failure!;
        if (leaf.Count != 1)
        {
            return Fail(StateDirectoryProblem.BadCertificate,
                $"{Path.Combine(path, CertificateFile)}: holds {leaf.Count} certificates, not one (intermediates belong in {ChainFile})", warnings);
        }

        List<X509Certificate2> chain = [];
        if (File.Exists(Path.Combine(path, ChainFile)))
        {
            if (LoadCertificates(path, ChainFile, warnings, out failure) is not { } intermediates)
                return failure!;
            chain = intermediates;
        }

        if (LoadCertificates(path, TrustAnchorFile, warnings, out failure) is not { } anchors)
            return failure!;

        if (PemFile.TryReadText(keyPath, out var reason) is not { } keyText)
            return Fail(reason == "is missing" ? StateDirectoryProblem.MissingFile : StateDirectoryProblem.Unreadable, $"{keyPath}: {reason}", warnings);
        if (PemFile.TryReadKey(keyText, out reason) is not { } key)
            return Fail(StateDirectoryProblem.BadKey, $"{keyPath}: {reason}", warnings);

        var withKey = WithKey(leaf[0], key, keyText);
        if (!NodeIdentity.TryCreate(withKey ?? leaf[0], chain, anchors, key, out var identity, out var refusal, out var detail))
        {
            key.Dispose();
            withKey?.Dispose();
            var file = refusal switch
            {
                NodeIdentityRefusal.KeyMismatch => KeyFile,
                NodeIdentityRefusal.NoTrustAnchor or NodeIdentityRefusal.BadTrustAnchor or NodeIdentityRefusal.NoTrustAnchorPath => TrustAnchorFile,
                _ => CertificateFile,
            };
            var text = refusal == NodeIdentityRefusal.KeyMismatch ? $"does not belong to {CertificateFile}" : detail;
            return new StateDirectoryResult(null, StateDirectoryProblem.BadIdentity, refusal, $"{Path.Combine(path, file)}: {text}", warnings);
        }

        if (date > identity.NotAfter)
            warnings.Add($"{Path.Combine(path, CertificateFile)}: expired at {identity.NotAfter:u}; no peer will accept it");
        if (date < identity.NotBefore)
            warnings.Add($"{Path.Combine(path, CertificateFile)}: is valid only from {identity.NotBefore:u}; no peer will accept it before");
        return new StateDirectoryResult(identity, StateDirectoryProblem.None, NodeIdentityRefusal.None, "", warnings);
    }

    private static List<X509Certificate2>? LoadCertificates(string directory, string file, List<string> warnings, out StateDirectoryResult? failure)
    {
        failure = null;
        var path = Path.Combine(directory, file);
        if (PemFile.TryReadText(path, out var reason) is not { } text)
        {
            failure = Fail(reason == "is missing" ? StateDirectoryProblem.MissingFile : StateDirectoryProblem.Unreadable, $"{path}: {reason}", warnings);
            return null;
        }

        var certificates = PemFile.TryReadCertificates(text, out reason);
        if (certificates is null)
            failure = Fail(StateDirectoryProblem.BadCertificate, $"{path}: {reason}", warnings);
        return certificates;
    }

    /// <summary>TLS wants the key attached to the certificate. Null when they do not fit, which is then found by name.</summary>
    private static X509Certificate2? WithKey(X509Certificate2 certificate, ISigningKey key, string keyText)
    {
        try
        {
            if (key.Scheme == SignatureScheme.Ecdsa)
            {
                using var ecdsa = ECDsa.Create();
                ecdsa.ImportFromPem(keyText);
                return certificate.CopyWithPrivateKey(ecdsa);
            }

            using var rsa = RSA.Create();
            rsa.ImportFromPem(keyText);
            return certificate.CopyWithPrivateKey(rsa);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            return null;
        }
    }

    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode & 0x1ff, 8);

    private static StateDirectoryResult Fail(StateDirectoryProblem problem, string error, IReadOnlyList<string>? warnings = null) =>
        new(null, problem, NodeIdentityRefusal.None, error, warnings ?? []);
}
