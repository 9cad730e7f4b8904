using System.Diagnostics.CodeAnalysis;

namespace Acp.Wire.Ikev2;

/// <summary>
/// Authentication Data of method 14 (RFC 7427 §3).
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// | ASN.1 Length  | AlgorithmIdentifier ASN.1 object              |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ~        AlgorithmIdentifier ASN.1 object continuing            ~
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ~                         Signature Value                       ~
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </summary>
public sealed record SignatureAuthData(ReadOnlyMemory<byte> AlgorithmIdentifier, ReadOnlyMemory<byte> Signature)
{
    public static bool TryDecode(ReadOnlyMemory<byte> data, [NotNullWhen(true)] out SignatureAuthData? authData)
    {
        authData = null;
        if (data.Length < 1)
            return false;
        int length = data.Span[0];
        if (length == 0 || data.Length <= 1 + length)
            return false;
        authData = new SignatureAuthData(data.Slice(1, length), data[(1 + length)..]);
        return true;
    }

    /// <summary>The AlgorithmIdentifier must be shorter than 256 octets, as all known ones are.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[1 + AlgorithmIdentifier.Length + Signature.Length];
        bytes[0] = checked((byte)AlgorithmIdentifier.Length);
        AlgorithmIdentifier.Span.CopyTo(bytes.AsSpan(1));
        Signature.Span.CopyTo(bytes.AsSpan(1 + AlgorithmIdentifier.Length));
        return bytes;
    }
}
