using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Acp.Daemon;

/// <summary>
/// Timer values that tests and labs set, as <c>--timers dpd=2s,flood=500ms</c>. Production leaves them alone: they
/// are the protocol's. Null means "as the protocol says".
/// </summary>
public sealed record TimerOverrides
{
    public static readonly TimerOverrides None = new();

    /// <summary>Between two AN_ACP floods on a link.</summary>
    public TimeSpan? Flood { get; init; }

    /// <summary>Silence on an IKE SA before it is probed.</summary>
    public TimeSpan? Dpd { get; init; }

    /// <summary>First wait before an IKE request is sent again.</summary>
    public TimeSpan? Retransmit { get; init; }

    /// <summary>First wait after a neighbour refused us or did not answer.</summary>
    public TimeSpan? Backoff { get; init; }

    /// <summary>Age at which an IKE or child SA is rekeyed.</summary>
    public TimeSpan? Rekey { get; init; }

    /// <summary>Between two looks at whether everything we made still stands.</summary>
    public TimeSpan? Repair { get; init; }

    public static bool TryParse(
        string text, [NotNullWhen(true)] out TimerOverrides? timers, [NotNullWhen(false)] out string? reason)
    {
        timers = null;
        reason = null;
        var result = None;
        foreach (var item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = item.IndexOf('=');
            if (equals < 0 || !TryParseDuration(item[(equals + 1)..], out var span))
            {
                reason = $"'{item}' is not name=duration, such as dpd=2s or flood=500ms";
                return false;
            }

            var next = item[..equals] switch
            {
                "flood" => result with { Flood = span },
                "dpd" => result with { Dpd = span },
                "retransmit" => result with { Retransmit = span },
                "backoff" => result with { Backoff = span },
                "rekey" => result with { Rekey = span },
                "repair" => result with { Repair = span },
                _ => null,
            };
            if (next is null)
            {
                reason = $"there is no timer '{item[..equals]}': there are flood, dpd, retransmit, backoff, rekey, repair";
                return false;
            }

            result = next;
        }

        timers = result;
        return true;
    }

    /// <summary>A number above zero with its unit: <c>250ms</c>, <c>2s</c>, <c>1.5s</c>, <c>3m</c>, <c>1h</c>.</summary>
    public static bool TryParseDuration(string text, out TimeSpan span)
    {
        span = default;
        var (digits, unit) = text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], 0.001)
            : text.EndsWith('s') ? (text[..^1], 1.0)
            : text.EndsWith('m') ? (text[..^1], 60.0)
            : text.EndsWith('h') ? (text[..^1], 3600.0)
            : ("", 0.0);
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number * unit is not (> 0 and <= 86_400 * 365.0))
            return false;
        span = TimeSpan.FromSeconds(number * unit);
        return true;
    }
}
