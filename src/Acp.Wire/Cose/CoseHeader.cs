using System.Formats.Cbor;
using Acp.Wire.Cbor;

namespace Acp.Wire.Cose;

/// <summary>
/// The header parameters that we know, of one signature. A map from labels to values (RFC 9052 §3.1, RFC 9360 §2, RFC 9597):
/// <code>
///  1 alg          int / tstr
///  2 crit         [+ label]
///  4 kid          bstr
/// 15 CWT Claims   map: 4 exp, 6 iat, seconds since 1970 (RFC 8392 §3.1)
/// 33 x5chain      bstr / [2* bstr], the leaf first
/// </code>
/// </summary>
public sealed record CoseHeader
{
    internal const int AlgLabel = 1;
    internal const int CritLabel = 2;
    internal const int KidLabel = 4;
    internal const int CwtClaimsLabel = 15;
    internal const int X5ChainLabel = 33;

    private const int ExpClaim = 4;
    private const int IatClaim = 6;

    /// <summary>As it stands on the wire; whether it is one of <see cref="CoseAlgorithm"/> is for the verifier to say.</summary>
    public long Algorithm { get; init; }

    public ByteString? KeyId { get; init; }

    /// <summary>DER certificates.</summary>
    public ValueList<ByteString> CertificateChain { get; init; } = [];

    /// <summary>iat: when it was signed, in seconds since 1970.</summary>
    public long? IssuedAt { get; init; }

    /// <summary>exp: until when it holds.</summary>
    public long? ExpiresAt { get; init; }

    /// <summary>The map in deterministic order (RFC 8949 §4.2).</summary>
    public byte[] Encode()
    {
        var w = new CborWriter(CborConformanceMode.Lax);
        var claims = (IssuedAt is null ? 0 : 1) + (ExpiresAt is null ? 0 : 1);
        w.WriteStartMap((Algorithm != 0 ? 1 : 0) + (KeyId is null ? 0 : 1) + (claims > 0 ? 1 : 0) + (CertificateChain.Count > 0 ? 1 : 0));
        if (Algorithm != 0)
        {
            w.WriteInt32(AlgLabel);
            w.WriteInt64(Algorithm);
        }
        if (KeyId is { } kid)
        {
            w.WriteInt32(KidLabel);
            w.WriteByteString(kid.Span);
        }
        if (claims > 0)
        {
            w.WriteInt32(CwtClaimsLabel);
            w.WriteStartMap(claims);
            Write(w, ExpClaim, ExpiresAt);
            Write(w, IatClaim, IssuedAt);
            w.WriteEndMap();
        }
        if (CertificateChain.Count > 0)
        {
            w.WriteInt32(X5ChainLabel);
            if (CertificateChain.Count > 1)
                w.WriteStartArray(CertificateChain.Count);
            foreach (var certificate in CertificateChain)
                w.WriteByteString(certificate.Span);
            if (CertificateChain.Count > 1)
                w.WriteEndArray();
        }
        w.WriteEndMap();
        return w.Encode();

        static void Write(CborWriter w, int claim, long? seconds)
        {
            if (seconds is not { } value)
                return;
            w.WriteInt32(claim);
            w.WriteInt64(value);
        }
    }

    /// <summary>Reads a map where <paramref name="reader"/> stands. Labels that we do not know are passed over.</summary>
    /// <param name="labels">Those met so far; one that comes twice is refused.</param>
    internal static CoseRefusal Read(BoundedCborReader reader, HashSet<long> labels, out CoseHeader header, out bool criticalUnknown)
    {
        header = new CoseHeader();
        criticalUnknown = false;
        if (!reader.TryReadStartMap())
            return CoseRefusal.BadHeader;
        while (!reader.AtEndOfMap)
        {
            if (!reader.TryReadInt(out var label))
            {
                // A label may be a text: somebody's own.
                if (!reader.TryReadText(out _) || !reader.TrySkip())
                    return CoseRefusal.BadHeader;
                continue;
            }
            if (!labels.Add(label) || !TryReadParameter(reader, label, ref header, ref criticalUnknown))
                return CoseRefusal.BadHeader;
        }
        return reader.TryReadEndMap() ? CoseRefusal.None : CoseRefusal.BadHeader;
    }

    private static bool TryReadParameter(BoundedCborReader reader, long label, ref CoseHeader header, ref bool criticalUnknown)
    {
        switch (label)
        {
            case AlgLabel:
                if (reader.TryReadInt(out var algorithm))
                    header = header with { Algorithm = algorithm };
                else if (!reader.TryReadText(out _))
                    return false;
                return true;
            case CritLabel:
                return TryReadCritical(reader, ref criticalUnknown);
            case KidLabel:
                if (!reader.TryReadBytes(out var kid))
                    return false;
                header = header with { KeyId = kid };
                return true;
            case CwtClaimsLabel:
                return TryReadClaims(reader, ref header);
            case X5ChainLabel:
                return TryReadChain(reader, ref header);
            default:
                return reader.TrySkip();
        }
    }

    private static bool TryReadCritical(BoundedCborReader reader, ref bool unknown)
    {
        if (!reader.TryReadStartArray() || reader.AtEndOfArray)
            return false;
        while (!reader.AtEndOfArray)
        {
            if (reader.TryReadInt(out var label))
                unknown |= label is not (AlgLabel or CritLabel or KidLabel or CwtClaimsLabel or X5ChainLabel);
            else if (reader.TryReadText(out _))
                unknown = true;
            else
                return false;
        }
        return reader.TryReadEndArray();
    }

    private static bool TryReadClaims(BoundedCborReader reader, ref CoseHeader header)
    {
        if (!reader.TryReadStartMap())
            return false;
        var seen = new HashSet<long>();
        while (!reader.AtEndOfMap)
        {
            if (!reader.TryReadInt(out var claim))
            {
                if (!reader.TryReadText(out _) || !reader.TrySkip())
                    return false;
                continue;
            }
            if (!seen.Add(claim))
                return false;
            if (claim is not (ExpClaim or IatClaim))
            {
                if (!reader.TrySkip())
                    return false;
            }
            else if (!reader.TryReadUInt(MaxDate, out var seconds))
            {
                return false;
            }
            else
            {
                header = claim == ExpClaim ? header with { ExpiresAt = (long)seconds } : header with { IssuedAt = (long)seconds };
            }
        }
        return reader.TryReadEndMap();
    }

    private static bool TryReadChain(BoundedCborReader reader, ref CoseHeader header)
    {
        var chain = new List<ByteString>();
        if (reader.TryReadStartArray())
        {
            while (!reader.AtEndOfArray)
            {
                if (!reader.TryReadBytes(out var certificate))
                    return false;
                chain.Add(certificate);
            }
            if (!reader.TryReadEndArray() || chain.Count == 0)
                return false;
        }
        else if (reader.TryReadBytes(out var only))
        {
            chain.Add(only);
        }
        else
        {
            return false;
        }
        header = header with { CertificateChain = chain.ToValueList() };
        return true;
    }

    // 9999-12-31T23:59:59Z, which is as far as dates go here.
    private const ulong MaxDate = 253_402_300_799;
}
