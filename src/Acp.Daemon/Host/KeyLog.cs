using System.Globalization;
using System.Text;
using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Linux.Interop;
using Acp.Wire.Ikev2;

namespace Acp.Daemon.Host;

/// <summary>
/// Writes the keys of every IKE SA and ESP SA in the formats of Wireshark's tables, so that a capture can be read:
/// <code>
///   DIRECTORY/ikev2_decryption_table   SPIi,SPIr,SK_ei,SK_er,"encryption",SK_ai,SK_ar,"integrity"
///   DIRECTORY/esp_sa                   "IPv6","source","destination","SPI","encryption","key","authentication",""
/// </code>
/// A Wireshark profile with both files in it opens the daemon's packets. Not thread-safe; does not own the keys.
/// </summary>
internal sealed class KeyLog : IDisposable
{
    public const string IkeFile = "ikev2_decryption_table";
    public const string EspFile = "esp_sa";

    private const uint OwnerOnly = 0x180; // 0600

    private readonly string _directory;
    private readonly FileDescriptor _ike;
    private readonly FileDescriptor _esp;

    /// <summary>Makes the directory (0700) if need be, and both files (0600), empty: what an earlier run wrote is of no use.</summary>
    /// <exception cref="StartupException">It cannot be made, or others may read it.</exception>
    public KeyLog(string directory)
    {
        _directory = directory;
        try
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            foreach (var file in (ReadOnlySpan<string>)[IkeFile, EspFile])
                File.Delete(Path.Combine(directory, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(ExitCode.Configuration, $"cannot write keys to {directory}: {e.Message}", e);
        }

        // Never what somebody else may have put there in between.
        _ike = CreateNew(IkeFile);
        _esp = CreateNew(EspFile);
    }

    public void Write(Ikev2Action.RevealIkeKeys keys)
    {
        var suite = keys.Suite;
        if (NameOf(suite) is not { } encryption)
        {
            Append(_ike, $"# IKE SA {keys.IkeSa}: Wireshark has no name for {suite}\n");
            return;
        }

        Append(_ike, string.Create(CultureInfo.InvariantCulture,
            $"{keys.IkeSa.InitiatorSpi:x16},{keys.IkeSa.ResponderSpi:x16},{Hex(keys.SkEi)},{Hex(keys.SkEr)},\"{encryption}\",{Hex(keys.SkAi)},{Hex(keys.SkAr)},\"{NameOf(suite.Integrity)}\"\n"));
    }

    public void Write(ChildSaParameters childSa)
    {
        Append(_esp,
            Line(childSa, childSa.Remote.ToEndpointText(), childSa.Local.ToEndpointText(), childSa.InboundSpi, childSa.InboundKey)
            + Line(childSa, childSa.Local.ToEndpointText(), childSa.Remote.ToEndpointText(), childSa.OutboundSpi, childSa.OutboundKey));
    }

    public void Dispose()
    {
        _ike.Dispose();
        _esp.Dispose();
    }

    // Wireshark takes key and salt as one, as KEYMAT has them (RFC 4106 §8.1). Newer ones have two more columns, for extended
    // sequence numbers, which matter only to whoever checks the ICV and may be left out.
    private static string Line(ChildSaParameters childSa, string source, string destination, uint spi, SecretBytes key) =>
        childSa.Algorithm == EspAlgorithm.AesGcm256
            ? string.Create(CultureInfo.InvariantCulture,
                $"\"{(childSa.Remote.IsIpv4Mapped ? "IPv4" : "IPv6")}\",\"{source}\",\"{destination}\",\"0x{spi:x8}\",\"AES-GCM with 16 octet ICV [RFC4106]\",\"0x{Hex(key)}\",\"NULL\",\"\"\n")
            : string.Create(CultureInfo.InvariantCulture, $"# SPI {spi:x8}: Wireshark has no name for {childSa.Algorithm}\n");

    private static string? NameOf(IkeSuite suite) => suite switch
    {
        { Encryption: EncryptionAlgorithm.AesGcm16, KeyBits: 128 or 192 or 256 } => $"AES-GCM-{suite.KeyBits} with 16 octet ICV [RFC5282]",
        { Encryption: EncryptionAlgorithm.AesCbc, KeyBits: 128 or 192 or 256 } => $"AES-CBC-{suite.KeyBits} [RFC3602]",
        _ => null,
    };

    private static string NameOf(IntegrityAlgorithm integrity) => integrity switch
    {
        IntegrityAlgorithm.HmacSha2_256_128 => "HMAC_SHA2_256_128 [RFC4868]",
        IntegrityAlgorithm.HmacSha2_384_192 => "HMAC_SHA2_384_192 [RFC4868]",
        IntegrityAlgorithm.HmacSha2_512_256 => "HMAC_SHA2_512_256 [RFC4868]",
        _ => "NONE [RFC4306]",
    };

    private static string Hex(SecretBytes secret) => Convert.ToHexStringLower(secret.Span);

    private FileDescriptor CreateNew(string name)
    {
        var path = Path.Combine(_directory, name);
        return new FileDescriptor(SystemCallException.Check(
            LibC.open(path, Fcntl.O_WRONLY | Fcntl.O_CREAT | Fcntl.O_EXCL | Fcntl.O_CLOEXEC, OwnerOnly), $"create {path}"));
    }

    private unsafe void Append(FileDescriptor file, string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        fixed (byte* p = bytes)
        {
            for (var done = 0; done < bytes.Length;)
                done += (int)SystemCallException.Check(LibC.write(file.Value, p + done, (nuint)(bytes.Length - done)), $"write keys to {_directory}");
        }
    }
}
