using Acp.Core.Identity;

namespace Acp.Daemon.Identity;

/// <summary>
/// The CRLs that somebody put into <c>crls/</c> of the state directory: <c>*.pem</c> with any number of them, <c>*.der</c> or
/// <c>*.crl</c> with one in DER. A file that cannot be used is told and passed over: half of what is known is better than none.
/// </summary>
internal static class RevocationFiles
{
    public const string DirectoryName = "crls";

    private const int MaxFiles = 64;
    private const int MaxLength = 4 * 1024 * 1024;

    public static RevocationLists Load(string stateDirectory, ICollection<string> warnings)
    {
        var directory = Path.Combine(stateDirectory, DirectoryName);
        var lists = new List<RevocationList>();
        try
        {
            if (!Directory.Exists(directory))
                return RevocationLists.None;
            var files = Directory.EnumerateFiles(directory).Where(f => Path.GetExtension(f) is ".pem" or ".der" or ".crl").Order(StringComparer.Ordinal).ToList();
            if (files.Count > MaxFiles)
                warnings.Add($"{directory}: holds {files.Count} files; only the first {MaxFiles} are read");
            foreach (var file in files.Take(MaxFiles))
                Load(file, lists, warnings);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            warnings.Add($"{directory}: cannot be read ({e.Message})");
        }

        return new RevocationLists(lists);
    }

    private static void Load(string file, List<RevocationList> lists, ICollection<string> warnings)
    {
        if (new FileInfo(file).Length > MaxLength)
        {
            warnings.Add($"{file}: is longer than {MaxLength} octets, and is not used");
            return;
        }

        var reason = "";
        var found = 0;
        foreach (var der in Path.GetExtension(file) == ".pem" ? PemFile.CrlsOf(File.ReadAllText(file), out reason) : [File.ReadAllBytes(file)])
        {
            found++;
            if (RevocationList.TryDecode(der, out var list, out var refusal))
                lists.Add(list);
            else
                warnings.Add($"{file}: CRL {found} is not used: {Words(refusal)}");
        }

        if (reason.Length > 0 || found == 0)
            warnings.Add($"{file}: {(reason.Length > 0 ? reason : "holds no CRL")}");
    }

    private static string Words(RevocationListRefusal refusal) => refusal switch
    {
        RevocationListRefusal.SignatureAlgorithm => "it is not signed with RSA or ECDSA over SHA-2",
        RevocationListRefusal.CriticalExtension => "it is not a complete CRL, or has a critical extension that we do not know",
        RevocationListRefusal.TooManyEntries => $"it has more than {RevocationList.MaxEntries} entries",
        _ => "it is damaged, or no CRL",
    };
}
