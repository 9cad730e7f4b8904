using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using Acp.Wire.Cbor;

namespace Acp.Wire.Cose;

/// <summary>
/// COSE_Sign1 with a detached payload (RFC 9052 §4.2), as octets and as what they mean; making and checking the signature
/// is somebody else's.
/// <code>
/// COSE_Sign1_Tagged = #6.18([
///     protected : bstr .cbor header_map / h'',
///     unprotected : header_map,
///     payload : nil,
///     signature : bstr ])
/// </code>
/// </summary>
public sealed record CoseSign1
{
    private const ulong Tag = 18;

    private static readonly CborLimits Limits = new(16 * 1024, MaxDepth: 8, MaxElements: 128, MaxTextLength: 1024);

    /// <summary>The protected header as it was signed, octet by octet.</summary>
    public required ByteString Protected { get; init; }

    /// <summary>What <see cref="Protected"/> says.</summary>
    public required CoseHeader Header { get; init; }

    /// <summary>What nobody vouches for: a kid or x5chain here is as good as one in <see cref="Header"/>, a date is not.</summary>
    public CoseHeader Unprotected { get; init; } = new();

    /// <summary>ECDSA: r and s, each as long as the curve's order (RFC 9053 §2.1).</summary>
    public required ByteString Signature { get; init; }

    /// <summary>The kid, wherever it stands.</summary>
    public ByteString? KeyId => Header.KeyId ?? Unprotected.KeyId;

    /// <summary>The x5chain, wherever it stands.</summary>
    public ValueList<ByteString> CertificateChain => Header.CertificateChain.Count > 0 ? Header.CertificateChain : Unprotected.CertificateChain;

    /// <summary>A signature-to-be: sign what <see cref="ToBeSigned"/> gives, and put it in.</summary>
    public static CoseSign1 Create(CoseHeader header) => new() { Protected = header.Encode(), Header = header, Signature = default };

    /// <summary>Reads it, tagged or not. Never throws.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out CoseSign1? message, out CoseRefusal refusal)
    {
        message = null;
        refusal = CoseRefusal.BadCbor;
        if (bytes.Length > Limits.MaxSize || !BoundedCborReader.TryOpen(bytes.ToArray(), Limits, out var reader, out _))
            return false;
        refusal = CoseRefusal.NotSign1;
        if (reader.TryReadTag(out var tag) && tag != Tag)
            return false;
        if (!reader.TryReadStartArray() || !reader.TryReadBytes(out var signed))
            return false;

        var labels = new HashSet<long>();
        var header = new CoseHeader();
        var critical = false;
        if (signed.Length > 0)
        {
            refusal = CoseRefusal.BadHeader;
            if (!BoundedCborReader.TryOpen(signed, Limits, out var inner, out _))
                return false;
            refusal = CoseHeader.Read(inner, labels, out header, out critical);
            if (refusal != CoseRefusal.None)
                return false;
        }
        refusal = CoseHeader.Read(reader, labels, out var unprotected, out var misplaced);
        if (refusal != CoseRefusal.None)
            return false;
        // crit belongs into the protected header.
        refusal = critical || misplaced ? CoseRefusal.UnknownCritical : CoseRefusal.None;
        if (refusal != CoseRefusal.None)
            return false;

        if (!reader.TryReadNull())
        {
            refusal = reader.TryReadBytes(out _) ? CoseRefusal.PayloadNotDetached : CoseRefusal.NotSign1;
            return false;
        }
        if (!reader.TryReadBytes(out var signature) || !reader.AtEndOfArray)
        {
            refusal = CoseRefusal.NotSign1;
            return false;
        }
        if (header.Algorithm == 0)
        {
            refusal = CoseRefusal.NoAlgorithm;
            return false;
        }
        message = new CoseSign1 { Protected = signed, Header = header, Unprotected = unprotected, Signature = signature };
        return true;
    }

    /// <summary>The tagged message.</summary>
    public byte[] Encode()
    {
        var w = new CborWriter(CborConformanceMode.Lax);
        w.WriteTag((CborTag)Tag);
        w.WriteStartArray(4);
        w.WriteByteString(Protected.Span);
        w.WriteEncodedValue(Unprotected.Encode());
        w.WriteNull();
        w.WriteByteString(Signature.Span);
        w.WriteEndArray();
        return w.Encode();
    }

    /// <summary>
    /// What is signed (RFC 9052 §4.4): <c>Sig_structure = ["Signature1", body_protected, external_aad h'', payload]</c>.
    /// </summary>
    public byte[] ToBeSigned(ReadOnlySpan<byte> payload)
    {
        var w = new CborWriter(CborConformanceMode.Lax);
        w.WriteStartArray(4);
        w.WriteTextString("Signature1");
        // An empty map is signed as no octets at all.
        w.WriteByteString(Protected.Span is [0xa0] ? [] : Protected.Span);
        w.WriteByteString([]);
        w.WriteByteString(payload);
        w.WriteEndArray();
        return w.Encode();
    }
}
