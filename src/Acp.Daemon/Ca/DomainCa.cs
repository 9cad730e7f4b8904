using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Acp.Core.Identity;
using Acp.Daemon.Identity;
using Acp.Linux.Crypto;
using Acp.Linux.Files;
using Acp.Linux.Interop;

namespace Acp.Daemon.Ca;

/// <summary>
/// A small domain CA with its registrar, for labs and first deployments: a directory (0700) with <c>ca.crt</c>,
/// <c>ca.key</c>, an intermediate's pair if wanted, and <c>registrar.json</c>. Errors are <see cref="CaException"/>.
/// </summary>
public sealed class DomainCa : IDisposable
{
    public const string RootFile = "ca.crt";
    public const string RootKeyFile = "ca.key";
    public const string IntermediateFile = "intermediate.crt";
    public const string IntermediateKeyFile = "intermediate.key";
    public static readonly TimeSpan DefaultValidity = TimeSpan.FromDays(3650);
    public static readonly TimeSpan DefaultNodeValidity = TimeSpan.FromDays(365);

    private readonly X509Certificate2 _root;
    private readonly X509Certificate2? _intermediate;
    private readonly AsymmetricAlgorithm _issuerKey;

    private DomainCa(X509Certificate2 root, X509Certificate2? intermediate, AsymmetricAlgorithm issuerKey, Registrar registrar)
    {
        _root = root;
        _intermediate = intermediate;
        _issuerKey = issuerKey;
        Registrar = registrar;
    }

    public Registrar Registrar { get; }

    public string Domain => Registrar.Domain;

    public X509Certificate2 Root => _root;

    public X509Certificate2? Intermediate => _intermediate;

    private X509Certificate2 Issuer => _intermediate ?? _root;

    /// <summary>Makes a new CA in a directory that has none.</summary>
    /// <param name="registrarId">Null: random.</param>
    public static DomainCa Init(string directory, string domain, KeyAlgorithm algorithm, TimeSpan validity, bool withIntermediate,
        DateTimeOffset now, ulong? registrarId = null)
    {
        CheckDomain(domain);
        if (validity <= TimeSpan.Zero)
            throw new CaException("validity: must be more than nothing");
        foreach (var file in (string[])[RootFile, RootKeyFile, IntermediateFile, IntermediateKeyFile, Registrar.FileName])
        {
            if (File.Exists(Path.Combine(directory, file)))
                throw new CaException($"{Path.Combine(directory, file)}: already exists; nothing was written");
        }

        domain = domain.ToLowerInvariant();
        var from = now.AddDays(-1);
        var until = now + validity;
        using var rootKey = CaKey.Generate(algorithm);
        using var root = AcpCertificate.ForCa(new AcpCertificate.Subject(domain, "ACP CA"), rootKey, null, null, from, until, pathLength: null);
        return Guarded(directory, () =>
        {
            DurableFile.CreatePrivateDirectory(directory);
            WriteKey(Path.Combine(directory, RootKeyFile), rootKey);
            if (withIntermediate)
            {
                using var key = CaKey.Generate(algorithm);
                using var certificate = AcpCertificate.ForCa(new AcpCertificate.Subject(domain, "ACP issuing CA"), key, root, rootKey, from, until, pathLength: 0);
                WriteKey(Path.Combine(directory, IntermediateKeyFile), key);
                DurableFile.Write(Path.Combine(directory, IntermediateFile), StateDirectory.Pem([certificate]), 0x1a4);
            }

            Registrar.Create(directory, domain, registrarId ?? Registrar.RandomId(OsRandom.Shared));
            // Last: without it the directory is not a CA.
            DurableFile.Write(Path.Combine(directory, RootFile), StateDirectory.Pem([root]), 0x1a4);
            return Open(directory);
        });
    }

    /// <summary>
    /// Another registrar of the same CA in a directory of its own: the same certificates and keys, another Registrar-ID.
    /// A plain copy of the directory would hand out the same addresses.
    /// </summary>
    public static DomainCa InitSecond(string directory, string existing, ulong? registrarId = null)
    {
        using var first = Open(existing);
        var id = registrarId ?? Registrar.RandomId(OsRandom.Shared);
        if (id == first.Registrar.RegistrarId)
            throw new CaException($"Registrar-ID {id:x12} is that of {existing}; each registrar needs its own");
        foreach (var file in (string[])[RootFile, RootKeyFile, Registrar.FileName])
        {
            if (File.Exists(Path.Combine(directory, file)))
                throw new CaException($"{Path.Combine(directory, file)}: already exists; nothing was written");
        }

        return Guarded(directory, () =>
        {
            DurableFile.CreatePrivateDirectory(directory);
            foreach (var file in (string[])[RootKeyFile, IntermediateKeyFile, IntermediateFile])
            {
                if (File.Exists(Path.Combine(existing, file)))
                    DurableFile.Write(Path.Combine(directory, file), File.ReadAllBytes(Path.Combine(existing, file)), file.EndsWith(".key", StringComparison.Ordinal) ? 0x180u : 0x1a4u);
            }

            Registrar.Create(directory, first.Domain, id);
            DurableFile.Write(Path.Combine(directory, RootFile), File.ReadAllBytes(Path.Combine(existing, RootFile)), 0x1a4);
            return Open(directory);
        });
    }

    public static DomainCa Open(string directory)
    {
        var registrar = Registrar.Open(directory);
        var root = ReadCertificate(Path.Combine(directory, RootFile));
        var hasIntermediate = File.Exists(Path.Combine(directory, IntermediateFile));
        var intermediate = hasIntermediate ? ReadCertificate(Path.Combine(directory, IntermediateFile)) : null;
        var keyPath = Path.Combine(directory, hasIntermediate ? IntermediateKeyFile : RootKeyFile);
        var key = ReadKey(keyPath, intermediate ?? root);
        return new DomainCa(root, intermediate, key, registrar);
    }

    /// <summary>Makes a key, an address and a certificate, and writes them as a state directory that <c>acpd run</c> takes.</summary>
    /// <returns>The certificate; the caller disposes it.</returns>
    public X509Certificate2 Issue(IssueRequest request, DateTimeOffset now)
    {
        var (notBefore, notAfter) = Validity(request, now);
        CheckText("name", request.Name);
        CheckText("serial-number", request.SerialNumber);
        foreach (var file in (string[])[StateDirectory.CertificateFile, StateDirectory.KeyFile, StateDirectory.ChainFile, StateDirectory.TrustAnchorFile])
        {
            // Before an address is taken for nothing.
            if (File.Exists(Path.Combine(request.Directory, file)))
                throw new CaException($"{Path.Combine(request.Directory, file)}: already exists; nothing was written");
        }

        var name = NodeName(request);
        using var key = CaKey.Generate(request.Algorithm);
        var certificate = Sign(request, name, key, notBefore, notAfter);
        try
        {
            StateDirectory.Create(request.Directory, certificate, _intermediate is null ? [] : [_intermediate], [_root], key);
            return certificate;
        }
        catch (StateDirectoryException e)
        {
            certificate.Dispose();
            throw new CaException(e.Message, e);
        }
    }

    /// <summary>
    /// The acp-node-name of a certificate of this CA, dates aside, for <see cref="IssueRequest.Keep"/>.
    /// </summary>
    public AcpNodeName NameForRenewal(string certificateFile)
    {
        using var certificate = ReadCertificate(certificateFile);
        var own = AcpNodeName.CreateWithoutAddress(AcpAddressField.Omitted, "", Domain);
        var result = new DomainMembershipCheck(own, [_root]).Check(
            [certificate.RawDataMemory, .. _intermediate is null ? [] : new[] { _intermediate.RawDataMemory }], date: null, MembershipPurpose.EndToEnd);
        result.Leaf?.Dispose();
        return result.IsMember ? result.Name : throw new CaException($"{certificateFile}: not a certificate of this CA's domain: {result.Detail}");
    }

    public void Dispose()
    {
        _issuerKey.Dispose();
        _root.Dispose();
        _intermediate?.Dispose();
    }

    private AcpNodeName NodeName(IssueRequest request)
    {
        if (request.Keep is { } kept)
            return kept;
        try
        {
            // The syntax first, so that nothing is taken for a name that cannot be.
            _ = AcpNodeName.CreateWithoutAddress(AcpAddressField.Omitted, request.Rsub, Domain);
        }
        catch (FormatException e)
        {
            throw new CaException($"rsub: '{request.Rsub}' is not a domain name of letters, digits, '-' and '.' (RFC 1034 §3.5)", e);
        }

        if (request.Address == AcpAddressField.Present)
            return AcpNodeName.Create(Registrar.Allocate(request.Scheme, request.Rsub).Address, request.Rsub, Domain);
        Registrar.NoteRsub(request.Rsub);
        return AcpNodeName.CreateWithoutAddress(request.Address, request.Rsub, Domain);
    }

    private X509Certificate2 Sign(IssueRequest request, AcpNodeName name, AsymmetricAlgorithm key, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        return AcpCertificate.ForNode(new AcpCertificate.Subject(Domain, request.Name ?? DefaultName(name), request.SerialNumber), name, key, Issuer, _issuerKey, notBefore, notAfter);
    }

    private (DateTimeOffset NotBefore, DateTimeOffset NotAfter) Validity(IssueRequest request, DateTimeOffset now)
    {
        var limit = new DateTimeOffset(Issuer.NotAfter.ToUniversalTime());
        if (limit < now)
            throw new CaException($"the CA's own certificate expired at {limit:u}; nothing it issues would be believed");
        var notAfter = request.NotAfter ?? now + DefaultNodeValidity;
        notAfter = notAfter > limit ? limit : notAfter;
        var notBefore = request.NotBefore ?? (notAfter > now ? now.AddHours(-1) : notAfter.AddDays(-1));
        return notBefore < notAfter
            ? (notBefore, notAfter)
            : throw new CaException($"not-before ({notBefore:u}) is not before not-after ({notAfter:u})");
    }

    private static string DefaultName(AcpNodeName name) => name.Address is { } address
        ? string.Create(CultureInfo.InvariantCulture, $"node {AcpAddress.Decode(address).NodeNumber} of registrar {AcpAddress.Decode(address).RegistrarId:x12}")
        : "domain member";

    private static void CheckDomain(string domain)
    {
        try
        {
            _ = AcpNodeName.CreateWithoutAddress(AcpAddressField.Omitted, "", domain);
        }
        catch (FormatException e)
        {
            throw new CaException($"domain: '{domain}' is not a domain name of letters, digits, '-' and '.', each part starting with a letter (RFC 1034 §3.5)", e);
        }
    }

    private static void CheckText(string field, string? text)
    {
        if (text is not null && (text.Length is 0 or > AcpCertificate.MaxNameLength || text.Any(c => c is < ' ' or > '~')))
            throw new CaException($"{field}: must have 1 to {AcpCertificate.MaxNameLength} printable ASCII characters");
    }

    private static X509Certificate2 ReadCertificate(string path)
    {
        if (PemFile.TryReadText(path, out var reason) is { } text && PemFile.TryReadCertificates(text, out reason) is { } certificates)
        {
            foreach (var more in certificates.Skip(1))
                more.Dispose();
            return certificates[0];
        }

        throw new CaException($"{path}: {reason}");
    }

    private static AsymmetricAlgorithm ReadKey(string path, X509Certificate2 certificate)
    {
        if (PemFile.TryReadText(path, out var reason) is not { } text)
            throw new CaException($"{path}: {reason}");
        using (var readable = PemFile.TryReadKey(text, out reason))
        {
            if (readable is null)
                throw new CaException($"{path}: {reason}");
            if (!readable.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(certificate.PublicKey.ExportSubjectPublicKeyInfo()))
                throw new CaException($"{path}: does not belong to '{certificate.Subject}'");
            AsymmetricAlgorithm key = readable.Scheme == SignatureScheme.Ecdsa ? ECDsa.Create() : RSA.Create();
            key.ImportFromPem(text);
            return key;
        }
    }

    private static void WriteKey(string path, AsymmetricAlgorithm key)
    {
        var pem = Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n");
        DurableFile.Write(path, pem);
        CryptographicOperations.ZeroMemory(pem);
    }

    private static DomainCa Guarded(string directory, Func<DomainCa> make)
    {
        try
        {
            return make();
        }
        catch (SystemCallException e)
        {
            throw new CaException(e.Message, e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new CaException($"{directory}: cannot be written (permission denied, or a file is in the way)", e);
        }
    }
}
