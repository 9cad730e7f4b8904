using System.Globalization;
using Acp.Daemon.Control;
using Acp.Wire.Rpl;

namespace Acp.Daemon.Decode;

/// <summary>RPL control messages in words.</summary>
internal static class RplText
{
    public static string NameOf(RplMessage message) => message switch
    {
        DisMessage => "DIS",
        DioMessage => "DIO",
        DaoMessage => "DAO",
        DaoAckMessage => "DAO-ACK",
        _ => message.GetType().Name,
    };

    public static string Line(RplMessage message) => message switch
    {
        DioMessage m => Say($"instance {m.InstanceId}, DODAG {m.DodagId} version {m.Version}, rank {Rank(m.Rank)}{(m.Grounded ? ", grounded" : "")}, ")
            + Say($"MOP {m.ModeOfOperation}, preference {m.Preference}, DTSN {m.Dtsn}"),
        DaoMessage m => Say($"instance {m.InstanceId}, sequence {m.Sequence}{(m.AckRequested ? ", wants a DAO-ACK" : "")}")
            + (m.DodagId is { } dodag ? $", DODAG {dodag}" : ""),
        DaoAckMessage m => Say($"instance {m.InstanceId}, sequence {m.Sequence}, status {m.Status}{(m.Status >= 128 ? " (refused)" : "")}")
            + (m.DodagId is { } dodag ? $", DODAG {dodag}" : ""),
        _ => "",
    };

    public static List<PayloadReport> Parts(RplMessage message) => [.. message.Options.Select(Of)];

    private static PayloadReport Of(RplOption option)
    {
        var (name, text) = option switch
        {
            DodagConfigurationOption o => ("config",
                Say($"OCP {o.ObjectiveCodePoint}, MinHopRankIncrease {o.MinHopRankIncrease}, MaxRankIncrease {o.MaxRankIncrease}, ")
                + Say($"default lifetime {Lifetime(o.DefaultLifetime)} of {o.LifetimeUnit} s")),
            RplTargetOption o => ("target", o.Prefix.ToString()),
            TransitInformationOption o => ("transit",
                Say($"{(o.External ? "external, " : "")}path sequence {o.PathSequence}, lifetime {Lifetime(o.PathLifetime)}, path control {o.PathControl:x2}")
                + (o.Parent is { } parent ? $", parent {parent}" : "")),
            RouteInformationOption o => ("route", Say($"{o.Prefix}, preference {o.Preference}, for {Seconds(o.LifetimeSeconds)}")),
            PrefixInformationOption o => ("prefix",
                Say($"{o.Prefix}/{o.PrefixLength}{(o.OnLink ? " on link" : "")}{(o.Autonomous ? " autonomous" : "")}{(o.RouterAddress ? " router address" : "")}, ")
                + $"valid {Seconds(o.ValidLifetimeSeconds)}, preferred {Seconds(o.PreferredLifetimeSeconds)}"),
            SolicitedInformationOption o => ("solicited", Say($"instance {o.InstanceId}, version {o.Version}, DODAG {o.DodagId}")
                + $" (checks:{(o.InstancePredicate ? " instance" : "")}{(o.VersionPredicate ? " version" : "")}{(o.DodagIdPredicate ? " DODAG" : "")})"),
            TargetDescriptorOption o => ("descriptor", Say($"{o.Descriptor:x8}")),
            MetricContainerOption o => ("metric", Convert.ToHexStringLower(o.Data.Span)),
            _ => ("option", option.ToString()),
        };
        return new PayloadReport(name, text, []);
    }

    private static string Rank(ushort rank) => rank == ushort.MaxValue ? "infinite" : Say($"{rank}");

    private static string Lifetime(byte units) => units switch
    {
        0 => "none (No-Path)",
        byte.MaxValue => "infinite",
        _ => Say($"{units} units"),
    };

    private static string Seconds(uint seconds) => seconds == uint.MaxValue ? "ever" : Say($"{seconds} s");

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
