using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Acp.Core;
using Acp.Core.Ikev2;

namespace Acp.Daemon.Identity;

/// <summary>
/// Postquantum preshared keys at rest (RFC 8784), the same file on every node of the domain: one key a line, "ID KEY", the key as
/// 0x and hex, or as base64 (with or without strongSwan's 0s before it). What follows '#' at the start of a line is a comment. The
/// first key is the one we offer; the others are understood, so that a key can be exchanged node by node. 0600, or it is not read.
/// </summary>
internal static class PpkFile
{
    private const int MaxLength = 64 * 1024;
    private const int MaxKeys = 64;
    private const UnixFileMode NotOwner = (UnixFileMode)0x3f; // 077

    /// <summary>The keys, the caller's to dispose; null with a reason, which never quotes a key.</summary>
    internal static IReadOnlyList<Ppk>? TryRead(string path, out string reason)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            // Of what was opened: the name may be another file's by now.
            var mode = File.GetUnixFileMode(file.SafeFileHandle);
            if ((mode & NotOwner) != 0)
            {
                reason = $"{path}: others than its owner may use it (mode {Convert.ToString((int)mode & 0x1ff, 8)}); if nobody has copied it: chmod 600, "
                    + "otherwise make new keys";
                return null;
            }

            if (file.Length > MaxLength)
            {
                reason = $"{path}: is longer than {MaxLength} octets";
                return null;
            }

            using var text = new SecretBytes((int)file.Length);
            file.ReadExactly(text.Span);
            return TryParse(path, text.Span, out reason);
        }
        catch (FileNotFoundException)
        {
            reason = $"{path}: is missing";
        }
        catch (UnauthorizedAccessException)
        {
            reason = $"{path}: may not be read by us (permission denied)";
        }
        catch (IOException)
        {
            reason = $"{path}: cannot be read";
        }

        return null;
    }

    private static List<Ppk>? TryParse(string path, ReadOnlySpan<byte> text, out string reason)
    {
        var keys = new List<Ppk>();
        var number = 0;
        while (text.Length > 0)
        {
            number++;
            var end = text.IndexOf((byte)'\n');
            var line = Trim(end < 0 ? text : text[..end]);
            text = end < 0 ? [] : text[(end + 1)..];
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (TryParseLine(line, keys, out var why))
                continue;
            foreach (var key in keys)
                key.Key.Dispose();
            reason = $"{path}: line {number} {why}";
            return null;
        }

        reason = keys.Count == 0 ? $"{path}: holds no key" : "";
        return keys.Count == 0 ? null : keys;
    }

    private static bool TryParseLine(ReadOnlySpan<byte> line, List<Ppk> keys, out string why)
    {
        var space = line.IndexOfAny((byte)' ', (byte)'\t');
        if (space < 0)
        {
            why = "is not 'ID KEY'";
            return false;
        }

        var id = Encoding.UTF8.GetString(line[..space]);
        if (keys.Count == MaxKeys || id.Length > 64 || keys.Exists(k => k.Id == id))
        {
            why = keys.Count == MaxKeys ? $"is one key more than {MaxKeys}" : id.Length > 64 ? "has an identifier longer than 64 characters" : $"names '{id}' again";
            return false;
        }

        using var decoded = new SecretBytes(line.Length);
        if (!TryDecode(Trim(line[space..]), decoded.Span, out var length))
        {
            why = "has a key that is neither 0x and hex nor base64";
            return false;
        }

        if (length < Ppk.MinKeyLength)
        {
            why = $"has a key of {length} octets; at least {Ppk.MinKeyLength} random ones are needed (openssl rand -base64 32)";
            return false;
        }

        keys.Add(new Ppk(id, decoded.Slice(0, length)));
        why = "";
        return true;
    }

    private static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> key, out int length)
    {
        if (text.StartsWith("0x"u8))
            return Convert.FromHexString(text[2..], key, out _, out length) == OperationStatus.Done;
        // '0s' cannot begin base64 of a whole number of octets by mistake often enough to matter: a key of 32 octets is random.
        var digits = text.StartsWith("0s"u8) ? text[2..] : text;
        return Base64.DecodeFromUtf8(digits, key, out var consumed, out length) == OperationStatus.Done && consumed == digits.Length;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t\r"u8);
}
