using Acp.Core;
using Acp.Core.Esp;
using Acp.Core.Grasp;
using Acp.Core.Node;
using System.Globalization;

namespace Acp.Daemon;

/// <summary>Every setting of <c>acpd run</c>. To add one, read the head of <see cref="RunOptions"/>.</summary>
public static class RunOptionsTable
{
    /// <summary>Names and meaning of <see cref="DataPlaneChoice"/>'s members.</summary>
    public static readonly IReadOnlyList<string> DataPlanes = ["auto", "kernel", "userspace"];

    /// <summary>Names of <see cref="LogLevelChoice"/>'s members.</summary>
    public static readonly IReadOnlyList<string> LogLevels = ["trace", "debug", "info", "warning", "error"];
    private static readonly IReadOnlyList<string> Encapsulations = ["auto", "always"];
    private static readonly IReadOnlyList<string> LogFormats = ["text", "json"];
    private static readonly IReadOnlyList<string> YesNo = ["yes", "no"];
    private static readonly IReadOnlyList<string> PpkModes = ["required", "optional"];

    public static readonly IReadOnlyList<RunOption> All =
    [
        new("instance", "NAME", "Tells several daemons on one machine apart. [default: default]",
            (options, value) => Set(() => options.Instance = value)) { OnlyOnCommandLine = true },
        new("state-dir", "PATH", "Certificate, key and trust anchors, as 'acpd ca issue' writes them. [default: /var/lib/acpd/INSTANCE]",
            (options, value) => Set(() => options.StateDirectory = value)),
        new("run-dir", "PATH", "Control socket and lock file. [default: /run/acpd]",
            (options, value) => Set(() => options.RunDirectory = value)),
        new("interface", "PATTERN", "Use links with a matching name, or with '!' leave them alone; the last match decides. "
            + "May be given several times. [default: every plain Ethernet link and bridge]",
            (options, value) =>
            {
                if (!InterfacePatterns.TryParse([value], out var patterns, out var reason))
                    return reason;
                options.Interfaces = patterns;
                return null;
            }) { Repeatable = true },
        new("neighbor", "ADDRESS[:PORT]", "Build a channel to this box over the host's own network, by IPv4 or IPv6 address ([ADDRESS]:PORT for IPv6 with a port), "
            + "also through NATs; or, as fe80::1%eth0, on a link where it does not announce itself. May be given several times. [default: none]",
            SetNeighbors) { Repeatable = true },
        new("neighbor-encapsulation", "auto|always", "When ESP to such a neighbour goes in UDP (port 4500): auto where a NAT is seen. [default: auto]",
            (options, value) => Choose(value, Encapsulations, i => options.EncapsulateAlways = i == 1)),
        new("neighbor-mtu", "OCTETS", "The longest packet that reaches such neighbours, where a path is narrower than the interface towards it: 576 to 9216. "
            + "[default: the interface's MTU]",
            (options, value) =>
            {
                if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var mtu) || mtu is < 576 or > EspOverhead.MaximumOuterMtu)
                    return $"'{value}' is not a number from 576 to {EspOverhead.MaximumOuterMtu}";
                options.NeighborMtu = mtu;
                return null;
            }),
        new("dataplane", "auto|kernel|userspace", "Who encrypts. auto tries the kernel and says in 'acpd status' what it chose and why. [default: auto]",
            (options, value) => Choose(value, DataPlanes, i => options.DataPlane = (DataPlaneChoice)i)),
        new("esp", "aes-gcm|chacha20-poly1305", "An algorithm for ESP; may be given twice, the better one first. [default: both, what this machine is faster with first]",
            (options, value) => TakeEsp(options, value)) { Repeatable = true },
        new("send-trust-anchor", "yes|no", "Send the trust anchor's certificate with our own, so that a stranger's log can tell whose we are. [default: yes]",
            (options, value) => Choose(value, YesNo, i => options.SendTrustAnchor = i == 0)),
        new("child-lifetime", "DURATION", "Age at which ESP keys are replaced, at least 1m. [default: 1h]",
            (options, value) => TakeLifetime(value, span => options.ChildLifetime = span)),
        new("child-octets", "NUMBER", "Octets after which ESP keys are replaced, at least 1000000, with K, M, G or T for 10^3 to 10^12. [default: no matter how many]",
            (options, value) => TakeNumber(value, 1_000_000, number => options.ChildOctets = number)),
        new("child-packets", "NUMBER", "Packets after which ESP keys are replaced, at least 1000. [default: 3/4 of the sequence numbers]",
            (options, value) => TakeNumber(value, 1000, number => options.ChildPackets = number)),
        new("ike-lifetime", "DURATION", "Age at which IKE keys are replaced, at least 1m. [default: 24h]",
            (options, value) => TakeLifetime(value, span => options.IkeLifetime = span)),
        new("rpl-root", "yes|no", "Stand for root of the ACP's routing tree: best said to two or three boxes in the middle. [default: no; without any such box the lowest address wins]",
            (options, value) => Choose(value, YesNo, i => options.RplRoot = i == 0)),
        new("rank-factor", "LINK=NUMBER", "What a link costs in routing, 1 to 255; 'host' for neighbours met over the host's network. May be given several times. "
            + "[default: 5 up to 100 Mbit/s, else 1]",
            SetRankFactors) { Repeatable = true },
        new("experimental-objectives", "yes|no", "Let programs register the GRASP objectives EX0 to EX9, which are for experiments. The lab does. [default: no]",
            (options, value) => Choose(value, YesNo, i => options.ExperimentalObjectives = i == 0)),
        new("flood-signing", "off|accept|require|NAME=…,…", "What signatures of GRASP floods mean, for all objectives or by NAME: off, neither made nor looked at; "
            + "accept, made, and wrong ones are logged; require, nothing else is taken. [default: off,SRV.est=accept,AN_join_registrar=accept]",
            (options, value) =>
            {
                if (!FloodPolicies.TryParse(value, out var policies, out var reason))
                    return reason;
                options.FloodSigning = policies;
                return null;
            }),
        new("ppk-file", "PATH", "Postquantum preshared keys, one 'ID KEY' a line, the same on every node of the domain; mode 0600. [default: none]",
            (options, value) => Set(() => options.PpkFile = value)),
        new("ppk", "required|optional", "With --ppk-file: refuse neighbours that have none of its keys, or use one where both have it. [default: required]",
            (options, value) => Choose(value, PpkModes, i => options.PpkRequired = i == 0)),
        new("netns", "PATH", "The network namespace that counts as the host, such as /run/netns/box1. [default: the present one]",
            (options, value) => Set(() => options.HostNamespace = value)),
        new("log-level", "trace|debug|info|warning|error", "The least important line still written. SIGHUP reads it again from the configuration file. [default: info]",
            (options, value) => Choose(value, LogLevels, i => options.LogLevel = (LogLevelChoice)i)),
        new("log-format", "text|json", "One readable line each, or one JSON object each. [default: text]",
            (options, value) => Choose(value, LogFormats, i => options.LogFormat = (LogFormat)i)),
        new("log-file", "PATH", "Append log lines there. [default: standard error]",
            (options, value) => Set(() => options.LogFile = value)) { OnlyOnCommandLine = true },
        new("timers", "NAME=DURATION,…", "Other timer values than the protocol's own: flood, dpd, retransmit, backoff, rekey, repair. For tests.",
            (options, value) =>
            {
                if (!TimerOverrides.TryParse(value, out var timers, out var reason))
                    return reason;
                options.Timers = timers;
                return null;
            }) { Hidden = true, OnlyOnCommandLine = true },
        new("key-log", "DIRECTORY", "DANGEROUS: write all keys there in Wireshark's formats; whoever reads them reads all traffic. For tests.",
            (options, value) => Set(() => options.KeyLog = value)) { Hidden = true, OnlyOnCommandLine = true },
        new("same-link-local", "yes|no", "Every link of this box has the same link-local address.",
            (options, value) =>
            {
                options.SameLinkLocal = value == "yes";
                return value is "yes" or "no" ? null : $"'{value}' is neither yes nor no";
            }) { Hidden = true, OnlyOnCommandLine = true },
        new("parent-process", "PID", "End when this process is no longer our parent.",
            (options, value) =>
            {
                if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || pid < 1)
                    return $"'{value}' is not a process id";
                options.ParentProcess = pid;
                return null;
            }) { Hidden = true, OnlyOnCommandLine = true },
    ];

    /// <summary>Names of <see cref="EspAlgorithm"/>'s members.</summary>
    internal static readonly IReadOnlyList<string> EspAlgorithms = ["aes-gcm", "chacha20-poly1305"];

    internal static string NameOf(EspAlgorithm algorithm) => EspAlgorithms[(int)algorithm];

    private static string? TakeEsp(RunOptions options, string value)
    {
        var chosen = new List<EspAlgorithm>();
        foreach (var name in value.Split(',', StringSplitOptions.TrimEntries))
        {
            if (Choose(name, EspAlgorithms, i => chosen.Add((EspAlgorithm)i)) is { } reason)
                return reason;
        }

        options.EspAlgorithms = [.. chosen.Distinct()];
        return null;
    }

    private static string? TakeLifetime(string value, Action<TimeSpan> take)
    {
        if (!TimerOverrides.TryParseDuration(value, out var span) || span < TimeSpan.FromMinutes(1))
            return $"'{value}' is not a duration of at least 1m, such as 30m or 8h";
        take(span);
        return null;
    }

    private static string? TakeNumber(string value, ulong least, Action<ulong> take)
    {
        var unit = value.Length == 0 ? 1ul : value[^1] switch { 'K' => 1000ul, 'M' => 1_000_000, 'G' => 1_000_000_000, 'T' => 1_000_000_000_000, _ => 1 };
        if (!ulong.TryParse(unit == 1 ? value : value[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number > ulong.MaxValue / 8 / unit || number * unit < least)
            return $"'{value}' is not a number of at least {least}";
        take(number * unit);
        return null;
    }

    private static string? Set(Action set)
    {
        set();
        return null;
    }

    private static string? SetNeighbors(RunOptions options, string value)
    {
        var neighbors = new List<ConfiguredNeighbor>();
        foreach (var item in value.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!ConfiguredNeighbor.TryParse(item, out var neighbor, out var reason))
                return reason;
            if (neighbors.Exists(n => n.Address == neighbor.Address && n.Parent == neighbor.Parent))
                return $"'{item}' is named twice";
            neighbors.Add(neighbor);
        }

        if (neighbors.Count > ConfiguredNeighbor.MaxCount)
            return $"there may be at most {ConfiguredNeighbor.MaxCount}";
        options.Neighbors = neighbors;
        return null;
    }

    private static string? SetRankFactors(RunOptions options, string value)
    {
        var factors = new Dictionary<string, int>();
        foreach (var item in value.Split(',', StringSplitOptions.TrimEntries))
        {
            var equals = item.IndexOf('=');
            if (equals is < 1 or > 15 || !int.TryParse(item.AsSpan(equals + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var factor)
                || factor is < 1 or > 255)
                return $"'{item}' is not LINK=NUMBER, such as eth1=9, with a number from 1 to 255";
            if (!factors.TryAdd(item[..equals], factor))
                return $"'{item}': this link is named twice";
        }

        options.RankFactors = factors;
        return null;
    }

    private static string? Choose(string value, IReadOnlyList<string> names, Action<int> set)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == value)
            {
                set(i);
                return null;
            }
        }

        return $"'{value}' is none of {string.Join(", ", names)}";
    }
}
