using System.Text;

namespace Acp.Core.Ikev2;

/// <summary>
/// A postquantum preshared key (RFC 8784): what both ends know beside their certificates, so that whoever breaks the key
/// exchange some day still reads nothing. Prints its identifier, never its key.
/// </summary>
/// <param name="id">The peers name it by this; not secret.</param>
/// <param name="key">At least 256 bits of entropy (RFC 8784 §6). Whoever made this object disposes it.</param>
public sealed class Ppk(string id, SecretBytes key)
{
    /// <summary>The shortest key that a quantum computer leaves with 128 bits.</summary>
    public const int MinKeyLength = 32;

    /// <summary>PPK_ID_FIXED: the identifier is a fixed string (RFC 8784 §5.1).</summary>
    private const byte Fixed = 2;

    public string Id { get; } = id;

    public SecretBytes Key { get; } = key;

    /// <summary>
    /// PPK_IDENTITY's data (RFC 8784 §5.1).
    /// <code>
    /// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
    /// | PPK_ID Type   |            PPK_ID Data ...
    /// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
    /// </code>
    /// </summary>
    public byte[] EncodeId() => [Fixed, .. Encoding.UTF8.GetBytes(Id)];

    /// <summary>The one that PPK_IDENTITY's data name, or null.</summary>
    public static Ppk? Find(IReadOnlyList<Ppk> keys, ReadOnlySpan<byte> identity)
    {
        foreach (var ppk in keys)
        {
            if (identity.SequenceEqual(ppk.EncodeId()))
                return ppk;
        }

        return null;
    }

    public override string ToString() => $"PPK '{Id}'";
}
