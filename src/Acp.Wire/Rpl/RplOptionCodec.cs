using System.Buffers.Binary;

namespace Acp.Wire.Rpl;

/// <summary>Options of RPL control messages, one at a time (RFC 6550 §6.7).</summary>
internal static class RplOptionCodec
{
    /// <summary>
    /// Reads the data of one option. <paramref name="option"/> is null for padding and for types that are unknown,
    /// which are skipped (§6.7.1). Data longer than the type needs is allowed; less is a refusal.
    /// </summary>
    public static RplRefusal Decode(byte type, ReadOnlySpan<byte> data, out RplOption? option)
    {
        option = null;
        return (RplOptionType)type switch
        {
            RplOptionType.DagMetricContainer => Metric(data, out option),
            RplOptionType.RouteInformation => Route(data, out option),
            RplOptionType.DodagConfiguration => Configuration(data, out option),
            RplOptionType.RplTarget => Target(data, out option),
            RplOptionType.TransitInformation => Transit(data, out option),
            RplOptionType.SolicitedInformation => Solicited(data, out option),
            RplOptionType.PrefixInformation => PrefixInformation(data, out option),
            RplOptionType.TargetDescriptor => Descriptor(data, out option),
            _ => RplRefusal.None,
        };
    }

    /// <summary>Appends type, length and data.</summary>
    public static void Encode(RplOption option, List<byte> to)
    {
        Span<byte> data = stackalloc byte[32];
        switch (option)
        {
            case MetricContainerOption metric:
                ArgumentOutOfRangeException.ThrowIfGreaterThan(metric.Data.Length, 255, nameof(option));
                Append(to, RplOptionType.DagMetricContainer, metric.Data.Span);
                break;

            // 03 | len | Prefix Length(8) | Resvd(3) Prf(2) Resvd(3) | Route Lifetime(32) | Prefix
            case RouteInformationOption route:
                data[0] = (byte)route.Prefix.Length;
                data[1] = (byte)((route.Preference & 3) << 3);
                BinaryPrimitives.WriteUInt32BigEndian(data[2..], route.LifetimeSeconds);
                route.Prefix.Address.Write(data[6..]);
                // RFC 4191 counts its prefix field in units of eight octets.
                Append(to, RplOptionType.RouteInformation, data[..(6 + (route.Prefix.Length + 63) / 64 * 8)]);
                break;

            case DodagConfigurationOption c:
                data[0] = (byte)(c.Flags << 4 | (c.AuthenticationEnabled ? 8 : 0) | c.PathControlSize & 7);
                data[1] = c.DioIntervalDoublings;
                data[2] = c.DioIntervalMin;
                data[3] = c.DioRedundancyConstant;
                BinaryPrimitives.WriteUInt16BigEndian(data[4..], c.MaxRankIncrease);
                BinaryPrimitives.WriteUInt16BigEndian(data[6..], c.MinHopRankIncrease);
                BinaryPrimitives.WriteUInt16BigEndian(data[8..], c.ObjectiveCodePoint);
                data[10] = c.Reserved;
                data[11] = c.DefaultLifetime;
                BinaryPrimitives.WriteUInt16BigEndian(data[12..], c.LifetimeUnit);
                Append(to, RplOptionType.DodagConfiguration, data[..14]);
                break;

            case RplTargetOption target:
                data[0] = 0;
                data[1] = (byte)target.Prefix.Length;
                target.Prefix.Address.Write(data[2..]);
                Append(to, RplOptionType.RplTarget, data[..(2 + (target.Prefix.Length + 7) / 8)]);
                break;

            case TransitInformationOption transit:
                data[0] = (byte)(transit.External ? 0x80 : 0);
                data[1] = transit.PathControl;
                data[2] = transit.PathSequence;
                data[3] = transit.PathLifetime;
                transit.Parent?.Write(data[4..]);
                Append(to, RplOptionType.TransitInformation, data[..(transit.Parent is null ? 4 : 20)]);
                break;

            case SolicitedInformationOption s:
                data[0] = s.InstanceId;
                data[1] = (byte)((s.VersionPredicate ? 0x80 : 0) | (s.InstancePredicate ? 0x40 : 0) | (s.DodagIdPredicate ? 0x20 : 0));
                s.DodagId.Write(data[2..]);
                data[18] = s.Version;
                Append(to, RplOptionType.SolicitedInformation, data[..19]);
                break;

            case PrefixInformationOption p:
                data[0] = p.PrefixLength;
                data[1] = (byte)((p.OnLink ? 0x80 : 0) | (p.Autonomous ? 0x40 : 0) | (p.RouterAddress ? 0x20 : 0));
                BinaryPrimitives.WriteUInt32BigEndian(data[2..], p.ValidLifetimeSeconds);
                BinaryPrimitives.WriteUInt32BigEndian(data[6..], p.PreferredLifetimeSeconds);
                data[10..14].Clear();
                p.Prefix.Write(data[14..]);
                Append(to, RplOptionType.PrefixInformation, data[..30]);
                break;

            case TargetDescriptorOption descriptor:
                BinaryPrimitives.WriteUInt32BigEndian(data, descriptor.Descriptor);
                Append(to, RplOptionType.TargetDescriptor, data[..4]);
                break;

            default:
                throw new ArgumentException($"no encoding for {option.GetType().Name}", nameof(option));
        }
    }

    private static void Append(List<byte> to, RplOptionType type, ReadOnlySpan<byte> data)
    {
        to.Add((byte)type);
        to.Add((byte)data.Length);
        to.AddRange(data);
    }

    private static RplRefusal Metric(ReadOnlySpan<byte> data, out RplOption? option)
    {
        option = new MetricContainerOption(data.ToArray());
        return RplRefusal.None;
    }

    // Prefix Length(8) | Resvd(3) Prf(2) Resvd(3) | Route Lifetime(32) | Prefix (variable)
    private static RplRefusal Route(ReadOnlySpan<byte> data, out RplOption? option)
    {
        option = null;
        if (data.Length < 6)
            return RplRefusal.BadOptionLength;
        if (!TryPrefix(data[0], data[6..], out var prefix))
            return RplRefusal.BadPrefixLength;
        option = new RouteInformationOption(prefix, (byte)(data[1] >> 3 & 3), BinaryPrimitives.ReadUInt32BigEndian(data[2..]));
        return RplRefusal.None;
    }

    // Flags(4) A(1) PCS(3) | DIOIntDoubl(8) | DIOIntMin(8) | DIORedun(8) | MaxRankInc(16) | MinHopRankInc(16) | OCP(16)
    // | Reserved(8) | Def. Lifetime(8) | Lifetime Unit(16)
    private static RplRefusal Configuration(ReadOnlySpan<byte> data, out RplOption? option)
    {
        option = null;
        if (data.Length < 14)
            return RplRefusal.BadOptionLength;
        option = new DodagConfigurationOption(
            (data[0] & 8) != 0,
            (byte)(data[0] & 7),
            data[1],
            data[2],
            data[3],
            BinaryPrimitives.ReadUInt16BigEndian(data[4..]),
            BinaryPrimitives.ReadUInt16BigEndian(data[6..]),
            BinaryPrimitives.ReadUInt16BigEndian(data[8..]),
            data[11],
            BinaryPrimitives.ReadUInt16BigEndian(data[12..]),
            (byte)(data[0] >> 4),
            data[10]);
        return RplRefusal.None;
    }

    // Flags(8) | Prefix Length(8) | Target Prefix (variable)
    private static RplRefusal Target(ReadOnlySpan<byte> data, out RplOption? option)
    {
        option = null;
        if (data.Length < 2)
            return RplRefusal.BadOptionLength;
        if (!TryPrefix(data[1], data[2..], out var prefix))
            return RplRefusal.BadPrefixLength;
        option = new RplTargetOption(prefix);
        return RplRefusal.None;
    }

    // E(1) Flags(7) | Path Control(8) | Path Sequence(8) | Path Lifetime(8) | Parent Address (non-storing only)
    private static RplRefusal Transit(ReadOnlySpan<byte> data, out RplOption? option)
    {
        option = null;
        if (data.Length < 4)
            return RplRefusal.BadOptionLength;
        option = new TransitInformationOption(
            (data[0] & 0x80) != 0, data[1], data[2], data[3], data.Length >= 20 ? Ipv6Address.Read(data[4..]) : null);
        return RplRefusal.None;
    }

    // RPLInstanceID(8) | V(1) I(1) D(1) Flags(5) | DODAGID(128) | Version Number(8)
    private static RplRefusal Solicited(ReadOnlySpan<byte> data, out RplOption? option)
    {
        option = null;
        if (data.Length < 19)
            return RplRefusal.BadOptionLength;
        option = new SolicitedInformationOption(
            data[0],
            (data[1] & 0x80) != 0,
            (data[1] & 0x40) != 0,
            (data[1] & 0x20) != 0,
            Ipv6Address.Read(data[2..]),
            data[18]);
        return RplRefusal.None;
    }

    // Prefix Length(8) | L(1) A(1) R(1) Reserved(5) | Valid Lifetime(32) | Preferred Lifetime(32) | Reserved(32) | Prefix(128)
    private static RplRefusal PrefixInformation(ReadOnlySpan<byte> data, out RplOption? option)
    {
        option = null;
        if (data.Length < 30)
            return RplRefusal.BadOptionLength;
        if (data[0] > 128)
            return RplRefusal.BadPrefixLength;
        option = new PrefixInformationOption(
            data[0],
            (data[1] & 0x80) != 0,
            (data[1] & 0x40) != 0,
            (data[1] & 0x20) != 0,
            BinaryPrimitives.ReadUInt32BigEndian(data[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(data[6..]),
            Ipv6Address.Read(data[14..]));
        return RplRefusal.None;
    }

    // Descriptor(32)
    private static RplRefusal Descriptor(ReadOnlySpan<byte> data, out RplOption? option)
    {
        option = null;
        if (data.Length < 4)
            return RplRefusal.BadOptionLength;
        option = new TargetDescriptorOption(BinaryPrimitives.ReadUInt32BigEndian(data));
        return RplRefusal.None;
    }

    /// <summary>A prefix of <paramref name="length"/> bits in ⌈length / 8⌉ octets or more; bits beyond it are ignored.</summary>
    private static bool TryPrefix(int length, ReadOnlySpan<byte> bytes, out Ipv6Prefix prefix)
    {
        prefix = default;
        var octets = (length + 7) / 8;
        if (length > 128 || bytes.Length < octets)
            return false;
        Span<byte> whole = stackalloc byte[Ipv6Address.Size];
        whole.Clear();
        bytes[..octets].CopyTo(whole);
        prefix = new Ipv6Prefix(Ipv6Address.Read(whole), length);
        return true;
    }
}
