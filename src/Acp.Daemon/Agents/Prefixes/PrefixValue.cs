using System.Buffers.Binary;
using System.Formats.Cbor;
using Acp.Asa;
using Acp.Wire;

namespace Acp.Daemon.Agents.Prefixes;

/// <summary>
/// The value of a PrefixManager objective (RFC 8992 §5.1 and §5.2), asked for or offered.
/// <code>
/// objective-value = pref6val / pref4val / basic
/// pref6val = [version6, length6, ?prefix6]     version6 = 6, length6 = 0..128, prefix6 = bytes .size 16
/// pref4val = [version4, length4, ?prefix4]     version4 = 4, length4 = 0..32,  prefix4 = bytes .size 4
/// basic    = [length6, ?prefix6]
/// </code>
/// A null in the place of the prefix counts as none (graspy's pfxm3 sends it). All bits beyond the length are zero.
/// </summary>
/// <param name="Length">As that version counts: up to 32 for IPv4.</param>
/// <param name="Prefix">IPv4 in its mapped form; null asks for any.</param>
/// <param name="IsBasic">Without a version, and to be answered so.</param>
internal sealed record PrefixValue(int Version, int Length, Ipv6Prefix? Prefix = null, bool IsBasic = false)
{
    public const string ObjectiveName = "PrefixManager";

    public static readonly ICborConverter<PrefixValue> Converter = new PrefixValueConverter();

    /// <summary>The length as the mapped form counts it.</summary>
    public int MappedLength => Version == 4 ? Length + PrefixText.MappedBits : Length;

    public static PrefixValue Of(Ipv6Prefix prefix, bool basic = false) =>
        prefix.IsIpv4() ? new PrefixValue(4, prefix.Length - PrefixText.MappedBits, prefix) : new PrefixValue(6, prefix.Length, prefix, basic);

    /// <exception cref="FormatException">It is no such value (N-03).</exception>
    public static PrefixValue Of(Objective objective) => objective.Value.To(Converter);

    public CborValue ToCbor() => CborValue.From(this, Converter);

    public override string ToString() => Prefix is { } prefix ? PrefixText.Of(prefix) : $"an IPv{Version} /{Length}";

    private sealed class PrefixValueConverter : ICborConverter<PrefixValue>
    {
        public void Write(CborWriter writer, PrefixValue value)
        {
            writer.WriteStartArray((value.IsBasic ? 1 : 2) + (value.Prefix is null ? 0 : 1));
            if (!value.IsBasic)
                writer.WriteInt32(value.Version);
            writer.WriteInt32(value.Length);
            if (value.Prefix is { } prefix)
                writer.WriteByteString(value.Version == 4 ? prefix.Address.ToBytes()[12..] : prefix.Address.ToBytes());
            writer.WriteEndArray();
        }

        public PrefixValue Read(CborReader reader)
        {
            reader.ReadStartArray();
            var first = reader.ReadUInt32();
            uint? second = reader.PeekState() == CborReaderState.UnsignedInteger ? reader.ReadUInt32() : null;
            byte[]? octets = null;
            if (reader.PeekState() == CborReaderState.Null)
                reader.ReadNull();
            else if (reader.PeekState() != CborReaderState.EndArray)
                octets = reader.ReadByteString();
            reader.ReadEndArray();
            var version = second is null ? 6 : first;
            var length = second ?? first;
            if (version is not (4 or 6))
                throw new FormatException($"IP version {version}");
            if (length > (version == 4 ? 32 : 128))
                throw new FormatException($"a prefix length of {length}");
            return new PrefixValue((int)version, (int)length, octets is null ? null : Prefix((int)version, (int)length, octets), second is null);
        }

        private static Ipv6Prefix Prefix(int version, int length, byte[] octets)
        {
            if (octets.Length != (version == 4 ? 4 : Ipv6Address.Size))
                throw new FormatException($"an IPv{version} prefix of {octets.Length} octets");
            var prefix = version == 4
                ? PrefixText.FromIpv4(BinaryPrimitives.ReadUInt32BigEndian(octets), length)
                : new Ipv6Prefix(Ipv6Address.Read(octets), length);
            return prefix.Address.ToBytes().AsSpan(^octets.Length).SequenceEqual(octets)
                ? prefix
                : throw new FormatException($"bits are set beyond the {length} of the prefix");
        }
    }
}
