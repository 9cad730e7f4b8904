using System.Globalization;

namespace Acp.Simulation;

/// <summary>Times as people write them: <c>250us</c>, <c>5ms</c>, <c>1.5s</c>, <c>10m</c>, <c>2h</c>, <c>30d</c>, and several in a row, <c>1h30m</c>.</summary>
public static class Durations
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>Null for what is no duration, is negative, or is longer than ten years.</summary>
    public static TimeSpan? Parse(string text)
    {
        var sum = TimeSpan.Zero;
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var digits = 0;
            while (digits < rest.Length && (char.IsAsciiDigit(rest[digits]) || rest[digits] == '.'))
                digits++;
            var letters = digits;
            while (letters < rest.Length && char.IsAsciiLetter(rest[letters]))
                letters++;
            if (!double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                || Unit(rest[digits..letters]) is not { } unit || number * unit.Ticks > Longest.Ticks)
                return null;
            sum += unit * number;
            rest = rest[letters..];
        }

        return text.Length > 0 && sum <= Longest ? sum : null;
    }

    /// <summary>The shortest of these forms that says it all: "1h30m", "2.5s".</summary>
    public static string Format(TimeSpan span)
    {
        if (span == TimeSpan.Zero)
            return "0s";
        var text = "";
        (TimeSpan Unit, string Name)[] units = [(TimeSpan.FromDays(1), "d"), (TimeSpan.FromHours(1), "h"), (TimeSpan.FromMinutes(1), "m")];
        foreach (var (unit, name) in units)
        {
            var count = span.Ticks / unit.Ticks;
            if (count > 0)
                text += count.ToString(CultureInfo.InvariantCulture) + name;
            span -= unit * count;
        }

        if (span == TimeSpan.Zero)
            return text;
        var (number, last) = text.Length > 0 || span >= TimeSpan.FromSeconds(1) ? (span.TotalSeconds, "s")
            : span >= TimeSpan.FromMilliseconds(1) ? (span.TotalMilliseconds, "ms")
            : (span.TotalMicroseconds, "us");
        return text + number.ToString("0.#######", CultureInfo.InvariantCulture) + last;
    }

    private static TimeSpan? Unit(ReadOnlySpan<char> name) => name switch
    {
        "us" => TimeSpan.FromMicroseconds(1),
        "ms" => TimeSpan.FromMilliseconds(1),
        "s" => TimeSpan.FromSeconds(1),
        "m" => TimeSpan.FromMinutes(1),
        "h" => TimeSpan.FromHours(1),
        "d" => TimeSpan.FromDays(1),
        _ => null,
    };
}
