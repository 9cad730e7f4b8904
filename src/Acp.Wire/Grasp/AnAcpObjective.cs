using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using Acp.Wire.Cbor;

namespace Acp.Wire.Grasp;

/// <summary>
/// The value of an AN_ACP objective: one secure channel method (RFC 8994 §6.4, Figure 7).
/// <code>
/// objective-value = method-name / [ method, *extension ]
/// method = method-name / [ method-name, *method-param ]
/// method-name = "IKEv2" / "DTLS" / id
/// extension = any
/// method-param = any
/// id = text .regexp "[A-Za-z@_$]([-.]*[A-Za-z0-9@_$])*"
/// </code>
/// Which gives five shapes: <c>"M"</c>, <c>["M"]</c>, <c>["M", e]</c>, <c>[["M", p]]</c>, <c>[["M", p], e]</c>.
/// Parameters and extensions are kept as they came and mean nothing to us (B-18).
/// </summary>
public sealed record AnAcpObjective(string MethodName, ValueList<ByteString> MethodParams, ValueList<ByteString> Extensions)
{
    public const string IkeV2 = "IKEv2";
    public const string Dtls = "DTLS";

    public AnAcpObjective(string methodName)
        : this(methodName, [], [])
    {
    }

    /// <summary>Reads an encoded objective-value. Never throws.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> value, [NotNullWhen(true)] out AnAcpObjective? objective, out AnAcpRefusal refusal)
    {
        objective = null;
        refusal = AnAcpRefusal.BadCbor;
        if (value.Length > GraspConstants.DefaultLimits.MaxSize
            || !BoundedCborReader.TryOpen(value.ToArray(), GraspConstants.DefaultLimits, out var reader, out _))
            return false;

        refusal = AnAcpRefusal.BadShape;
        var parameters = new List<ByteString>();
        var extensions = new List<ByteString>();
        if (reader.TryReadStartArray())
        {
            if (reader.TryReadStartArray())
            {
                if (!reader.TryReadText(out var named) || !TryReadRest(reader, parameters) || !reader.TryReadEndArray()
                    || !TryReadRest(reader, extensions))
                    return false;
                return Accept(named, out objective, out refusal);
            }
            return reader.TryReadText(out var name) && TryReadRest(reader, extensions) && Accept(name, out objective, out refusal);
        }
        return reader.TryReadText(out var bare) && Accept(bare, out objective, out refusal);

        bool Accept(string name, out AnAcpObjective? accepted, out AnAcpRefusal why)
        {
            accepted = IsMethodName(name) ? new AnAcpObjective(name, parameters.ToValueList(), extensions.ToValueList()) : null;
            why = accepted is null ? AnAcpRefusal.BadMethodName : AnAcpRefusal.None;
            return accepted is not null;
        }
    }

    /// <summary>The encoded objective-value in the simplest shape that holds it.</summary>
    public byte[] Encode()
    {
        if (!IsMethodName(MethodName))
            throw new ArgumentException($"'{MethodName}' is not a method-name");
        var w = new CborWriter(CborConformanceMode.Lax);
        if (MethodParams.Count + Extensions.Count == 0)
        {
            w.WriteTextString(MethodName);
            return w.Encode();
        }
        w.WriteStartArray(1 + Extensions.Count);
        if (MethodParams.Count > 0)
        {
            w.WriteStartArray(1 + MethodParams.Count);
            w.WriteTextString(MethodName);
            foreach (var parameter in MethodParams)
                w.WriteEncodedValue(parameter.Span);
            w.WriteEndArray();
        }
        else
        {
            w.WriteTextString(MethodName);
        }
        foreach (var extension in Extensions)
            w.WriteEncodedValue(extension.Span);
        w.WriteEndArray();
        return w.Encode();
    }

    /// <summary>The whole objective as it is flooded: <c>["AN_ACP", 4, 1, value]</c> (B-15).</summary>
    public Objective ToObjective() => new(GraspConstants.AN_ACP, ObjectiveFlags.F_SYNCH, 1, Encode());

    /// <summary>Figure 7's regular expression, anchored, without a regular expression engine (and its back-tracking).</summary>
    public static bool IsMethodName(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || !IsStart(name[0]))
            return false;
        foreach (var c in name)
        {
            if (!IsStart(c) && !char.IsAsciiDigit(c) && c is not ('-' or '.'))
                return false;
        }
        return name[^1] is not ('-' or '.');

        static bool IsStart(char c) => char.IsAsciiLetter(c) || c is '@' or '_' or '$';
    }

    private static bool TryReadRest(BoundedCborReader reader, List<ByteString> items)
    {
        while (!reader.AtEndOfArray)
        {
            if (!reader.TryReadEncoded(out var item))
                return false;
            items.Add(item);
        }
        return true;
    }
}
