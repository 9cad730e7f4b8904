using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Acp.Simulation.Topologies;

/// <summary>What a link is like, as words: <c>latency=5ms loss=1% bandwidth=100M</c>. The same words in files of edges and on the command line.</summary>
public static class LinkAttributes
{
    /// <summary>As fast as a link may be and still count as slow (RFC 8994 §6.12.1.6: "less than or equal to 100 Mbps").</summary>
    public const long SlowBitsPerSecond = 100_000_000;

    /// <summary>The smallest MTU that IPv6 knows (RFC 8200 §5).</summary>
    private const int LeastMtu = 1280;

    private const int MostMtu = 65_535;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    /// <summary>Every name, for messages.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["latency", "jitter", "loss", "duplication", "reordering", "bandwidth", "mtu"];

    /// <summary>One attribute applied to a quality, or why not.</summary>
    public static bool TryApply(
        LinkQuality quality, string name, string value, [NotNullWhen(true)] out LinkQuality? changed, [NotNullWhen(false)] out string? reason)
    {
        changed = null;
        reason = null;
        switch (name)
        {
            case "latency":
                if (Delay(value) is { } latency)
                    changed = quality with { Latency = latency };
                break;
            case "jitter":
                if (Delay(value) is { } jitter)
                    changed = quality with { Jitter = jitter };
                break;
            case "loss":
                if (Share(value) is { } loss)
                    changed = quality with { Loss = loss };
                break;
            case "duplication":
                if (Share(value) is { } duplication)
                    changed = quality with { Duplication = duplication };
                break;
            case "reordering":
                if (Share(value) is { } reordering)
                    changed = quality with { Reordering = reordering };
                break;
            case "bandwidth":
                if (Bits(value) is { } bits)
                    changed = quality with { BitsPerSecond = bits };
                break;
            case "mtu":
                if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var mtu) && mtu is >= LeastMtu and <= MostMtu)
                    changed = quality with { Mtu = mtu };
                break;
            default:
                reason = $"'{name}' is none of {string.Join(", ", Names)}";
                return false;
        }

        if (changed is null)
            reason = $"{name}: '{value}' is not {Form(name)}";
        return changed is not null;
    }

    /// <summary>"0.05" or "5%"; null for what is no part of a whole.</summary>
    public static double? Share(string text)
    {
        var percent = text.EndsWith('%');
        return double.TryParse(percent ? text[..^1] : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && (percent ? number / 100 : number) is >= 0 and <= 1 and var share
            ? share
            : null;
    }

    private static TimeSpan? Delay(string text) => Durations.Parse(text) is { } delay && delay <= LongestDelay ? delay : null;

    /// <summary>"64k", "100M", "2.5G", or plain bits per second.</summary>
    private static long? Bits(string text)
    {
        var (digits, unit) = text switch
        {
            [.. var n, 'k'] => (n, 1e3),
            [.. var n, 'M'] => (n, 1e6),
            [.. var n, 'G'] => (n, 1e9),
            _ => (text, 1.0),
        };
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * unit is >= 1000 and <= 1e13 and var bits
            ? (long)bits
            : null;
    }

    private static string Form(string name) => name switch
    {
        "latency" or "jitter" => "a delay of at most a minute such as 250us, 5ms or 1.5s",
        "bandwidth" => "bits per second such as 64k, 100M or 1G",
        "mtu" => $"a number from {LeastMtu} to {MostMtu}",
        _ => "a part of all packets such as 0.05 or 5%",
    };
}
