using System.Security.Cryptography;
using System.Text;

namespace Acp.Core.Grasp;

/// <summary>
/// QUADS, which keeps graspy domains apart on a shared network. INSECURE: every message is encrypted with the same key and
/// the same IV, so that equal beginnings show, and nothing is authenticated: whoever can write on the link can replay,
/// cut and splice (trap 34). It is here to join graspy domains that use it, and never carries an ACP (O-15 to O-19).
/// <code>
/// key     = PBKDF2-HMAC-SHA256(password, f474526a2e74accee189f1fbc1c34ceb, 100000), 32 octets
/// IV      = key[k .. k + 16], k = key[0] mod 10
/// message = AES-256-CBC(PKCS#7(CBOR)), no header
/// </code>
/// Not thread-safe.
/// </summary>
public sealed class InsecureQuads : IDisposable
{
    /// <summary>AES's block: what is encrypted is a multiple of it.</summary>
    public const int BlockSize = 16;

    private const int Iterations = 100_000;

    private static readonly byte[] Salt = Convert.FromHexString("f474526a2e74accee189f1fbc1c34ceb");

    private readonly Aes _aes = Aes.Create();
    private readonly byte[] _iv;

    private InsecureQuads(byte[] key)
    {
        _aes.Key = key;
        var start = key[0] % 10;
        _iv = key[start..(start + BlockSize)];
    }

    /// <summary>The key of a domain, from its password. Takes tens of milliseconds, on purpose.</summary>
    public static InsecureQuads FromPassword(string password)
    {
        var key = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), Salt, Iterations, HashAlgorithmName.SHA256, 32);
        try
        {
            return new InsecureQuads(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>A whole message.</summary>
    public byte[] Encrypt(ReadOnlySpan<byte> message) => _aes.EncryptCbc(message, _iv);

    /// <summary>A whole message; false for what cannot have been encrypted with this key, as far as padding tells (O-19).</summary>
    public bool TryDecrypt(ReadOnlySpan<byte> encrypted, out byte[] message)
    {
        message = [];
        if (encrypted.Length == 0 || encrypted.Length % BlockSize != 0)
            return false;
        var padded = DecryptBlocks(encrypted);
        var length = padded.Length - padded[^1];
        if (length < 0 || !IsPadding(padded, length))
            return false;
        message = padded[..length];
        return true;
    }

    public void Dispose()
    {
        _aes.Dispose();
        CryptographicOperations.ZeroMemory(_iv);
    }

    public override string ToString() => "QUADS key (not shown; QUADS is insecure)";

    /// <summary>Whole blocks from the beginning of a message, padding and all.</summary>
    internal byte[] DecryptBlocks(ReadOnlySpan<byte> blocks) => _aes.DecryptCbc(blocks, _iv, PaddingMode.None);

    /// <summary>Whether <paramref name="padded"/> is filled from <paramref name="length"/> on as PKCS#7 has it.</summary>
    internal static bool IsPadding(ReadOnlySpan<byte> padded, int length)
    {
        var padding = padded[length..];
        return padding.Length is > 0 and <= BlockSize && padding.IndexOfAnyExcept((byte)padding.Length) < 0;
    }
}
