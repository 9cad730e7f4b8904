using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Acp.Core;
using Acp.Core.Identity;
using Acp.Linux.Files;
using Acp.Linux.Interop;
using Acp.Wire;

namespace Acp.Daemon.Ca;

/// <summary>
/// Hands out ACP addresses that nobody else has (RFC 8994 §6.11.7.2, F-27 … F-30). A Node-Number is on disk as taken
/// before it is given to anybody, so being killed costs a number at worst. Several processes may share the file.
/// </summary>
public sealed class Registrar
{
    public const string FileName = "registrar.json";

    private readonly string _path;
    private readonly Func<string, Ipv6Prefix> _ulaOf;

    private Registrar(string path, RegistrarRecord record, Func<string, Ipv6Prefix> ulaOf)
    {
        _path = path;
        _ulaOf = ulaOf;
        Domain = record.Domain;
        RegistrarId = ParseId(record.RegistrarId);
    }

    /// <summary>acp-domain-name.</summary>
    public string Domain { get; }

    /// <summary>46 bits.</summary>
    public ulong RegistrarId { get; }

    /// <summary>A random Registrar-ID: 46 bits, never 0.</summary>
    public static ulong RandomId(RandomSource random)
    {
        ulong id;
        do
            id = random.NextUInt64() & AcpAddress.MaxRegistrarId;
        while (id == 0);
        return id;
    }

    /// <summary>The lower 46 bits of a globally unique EUI-48 (F-28).</summary>
    public static ulong IdOfMac(ReadOnlySpan<byte> mac)
    {
        if (mac.Length != 6)
            throw new ArgumentException($"{mac.Length} octets are not an EUI-48", nameof(mac));
        ulong value = 0;
        foreach (var octet in mac)
            value = value << 8 | octet;
        return value & AcpAddress.MaxRegistrarId;
    }

    /// <summary>Starts a registrar's file in <paramref name="directory"/>, which must not have one.</summary>
    public static Registrar Create(string directory, string domain, ulong registrarId)
    {
        var path = Path.Combine(directory, FileName);
        if (File.Exists(path))
            throw new CaException($"{path}: already exists; starting over would hand out the same addresses again");
        var record = new RegistrarRecord
        {
            Domain = domain.ToLowerInvariant(),
            RegistrarId = registrarId.ToString("x12", CultureInfo.InvariantCulture),
            NextZone = 0,
            NextVlong120 = 0,
            NextVlong112 = 0,
            Rsubs = [],
        };
        Write(path, record);
        return Open(directory);
    }

    /// <param name="ulaOf">The hash of a routing-subdomain; only a test has another one than RFC 8994's.</param>
    public static Registrar Open(string directory, Func<string, Ipv6Prefix>? ulaOf = null)
    {
        var path = Path.Combine(directory, FileName);
        return new Registrar(path, Read(path), ulaOf ?? AcpAddress.UlaOf);
    }

    /// <summary>The next address of a sub-scheme, taken for good before this returns.</summary>
    /// <param name="rsub">Empty for none.</param>
    public AcpAddress Allocate(AcpAddressScheme scheme, string rsub)
    {
        rsub = rsub.ToLowerInvariant();
        var ula = UlaOf(rsub);
        var number = 0;
        Update(record =>
        {
            CheckCollision(record, rsub, ula);
            number = scheme switch
            {
                AcpAddressScheme.Zone => record.NextZone++,
                AcpAddressScheme.Vlong8 => record.NextVlong120++,
                AcpAddressScheme.Vlong16 => record.NextVlong112++,
                _ => throw new CaException($"addresses of the {scheme} sub-scheme are not for certificates (RFC 8994 §6.11.4)"),
            };
            var max = scheme == AcpAddressScheme.Vlong8 ? AcpAddress.MaxNodeNumber23 : AcpAddress.MaxNodeNumber15;
            if (number < 0 || number > max)
                throw new CaException($"{_path}: all {max + 1} Node-Numbers of the {scheme} sub-scheme are taken; another Registrar-ID is needed");
        });
        return scheme switch
        {
            AcpAddressScheme.Zone => AcpAddress.Zone(ula, zoneId: 0, RegistrarId, number),
            AcpAddressScheme.Vlong8 => AcpAddress.Vlong8(ula, RegistrarId, number),
            _ => AcpAddress.Vlong16(ula, RegistrarId, number),
        };
    }

    /// <summary>Notes an rsub that comes without an address; it must not collide either.</summary>
    public void NoteRsub(string rsub)
    {
        rsub = rsub.ToLowerInvariant();
        var ula = UlaOf(rsub);
        Update(record => CheckCollision(record, rsub, ula));
    }

    /// <summary>12 hex digits, at most 46 bits.</summary>
    internal static ulong ParseId(string text) =>
        ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id) && id <= AcpAddress.MaxRegistrarId
            ? id
            : throw new CaException($"'{text}' is not a Registrar-ID: up to 46 bits in hex");

    private Ipv6Prefix UlaOf(string rsub) => _ulaOf(rsub.Length == 0 ? Domain : rsub + "." + Domain);

    private void CheckCollision(RegistrarRecord record, string rsub, Ipv6Prefix ula)
    {
        if (record.Rsubs.Contains(rsub))
            return;
        foreach (var known in record.Rsubs)
        {
            if (UlaOf(known) == ula)
                throw new CaException($"rsub '{rsub}' leads to {ula}, which is the prefix of rsub '{known}' already; choose another");
        }

        record.Rsubs.Add(rsub);
    }

    /// <summary>Read, change, write durably; one at a time, whoever else has the file.</summary>
    private void Update(Action<RegistrarRecord> change)
    {
        // The lock is on a file of its own: the record itself is replaced by each write.
        var lockPath = _path + ".lock";
        var fd = LibC.open(lockPath, Fcntl.O_RDWR | Fcntl.O_CREAT | Fcntl.O_CLOEXEC, 0x180 /* 0600 */);
        if (fd < 0)
            throw new CaException($"{lockPath}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        using var file = new FileDescriptor(fd);
        while (LibC.flock(fd, Fcntl.LOCK_EX) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Errno.EINTR)
                throw new CaException($"{lockPath}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }

        var record = Read(_path);
        change(record);
        Write(_path, record);
    }

    private static RegistrarRecord Read(string path)
    {
        try
        {
            var record = JsonSerializer.Deserialize(File.ReadAllBytes(path), CaJson.Default.RegistrarRecord);
            if (record?.Rsubs is null || record.NextZone < 0 || record.NextVlong112 < 0 || record.NextVlong120 < 0 || record.Domain.Length == 0)
                throw new CaException($"{path}: damaged; addresses cannot be given out safely without it");
            return record;
        }
        catch (JsonException e)
        {
            throw new CaException($"{path}: damaged (not the JSON that we write); addresses cannot be given out safely without it", e);
        }
        catch (FileNotFoundException e)
        {
            throw new CaException($"{path}: is missing; this is not a CA directory, or it lost its registrar", e);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new CaException($"{path}: no such directory; 'acpd ca init' makes one", e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new CaException($"{path}: may not be read by us", e);
        }
    }

    private static void Write(string path, RegistrarRecord record)
    {
        try
        {
            DurableFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(record, CaJson.Default.RegistrarRecord));
        }
        catch (SystemCallException e)
        {
            throw new CaException(e.Message, e);
        }
    }
}
