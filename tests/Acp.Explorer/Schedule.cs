using System.Globalization;

namespace Acp.Explorer;

/// <summary>
/// All that decides a run: it can be printed, read back and played again. As text:
/// <code>
/// seed=7 setup=plain want=AB expect=One answers=0.5; 0 A Initiate; 1500 B RekeyIke; 1500.5 A Pause 5000; #7 lost; #9 700; #11 1 35; #12 after 15
/// </code>
/// Times are milliseconds; #n is the nth datagram that was sent, counted from 0.
/// </summary>
public sealed record Schedule
{
    /// <summary>Of the randomness inside both machines, and of a profile's faults.</summary>
    public ulong Seed { get; init; }

    public Setup Setup { get; init; } = Setup.Plain;

    /// <summary>A begins anew whenever it has no channel.</summary>
    public bool AWants { get; init; }

    public bool BWants { get; init; }

    public Expectation Expect { get; init; }

    /// <summary>How long a question (sign, verify) takes.</summary>
    public TimeSpan Answers { get; init; }

    /// <summary>The platform's own cryptography rather than the toy.</summary>
    public bool RealCrypto { get; init; }

    public IReadOnlyList<Operation> Operations { get; init; } = [];

    public IReadOnlyDictionary<int, Fate> Fates { get; init; } = new Dictionary<int, Fate>();

    /// <summary>Faults by chance, instead of <see cref="Fates"/>, until some seconds after the last operation.</summary>
    public FaultProfile? Profile { get; init; }

    public static Schedule Parse(string text)
    {
        var schedule = new Schedule();
        var operations = new List<Operation>();
        var fates = new Dictionary<int, Fate>();
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0].Contains('='))
                schedule = words.Aggregate(schedule, (s, word) => s.With(word));
            else if (words[0][0] == '#')
                fates.Add(int.Parse(words[0][1..], CultureInfo.InvariantCulture), ParseFate(words[1..]));
            else
                operations.Add(new Operation(Milliseconds(words[0]), words[1] == "A" ? 0 : 1, Enum.Parse<OperationKind>(words[2]),
                    words.Length > 3 ? Milliseconds(words[3]) : default));
        }

        return schedule with { Operations = operations, Fates = fates };
    }

    public override string ToString()
    {
        var want = (AWants ? "A" : "") + (BWants ? "B" : "");
        List<string> parts =
        [
            $"seed={Seed} setup={Setup} want={(want.Length == 0 ? "none" : want)} expect={Expect} answers={Text(Answers)}"
            + (RealCrypto ? " crypto=real" : ""),
        ];
        foreach (var o in Operations)
            parts.Add($"{Text(o.At)} {"AB"[o.Node]} {o.Kind}{(o.Span == default ? "" : " " + Text(o.Span))}");
        foreach (var (number, fate) in Fates.OrderBy(f => f.Key))
        {
            parts.Add($"#{number} " + (fate.Copies == 0 ? "lost" : fate.After >= 0 ? $"after {fate.After}"
                : fate.Copies == 1 ? Text(fate.First) : $"{Text(fate.First)} {Text(fate.Second)}"));
        }

        if (Profile is not null)
            parts.Add($"({Profile})");
        return string.Join("; ", parts);
    }

    private static string Text(TimeSpan span) => span.TotalMilliseconds.ToString("0.####", CultureInfo.InvariantCulture);

    private static TimeSpan Milliseconds(string text) => TimeSpan.FromTicks(
        (long)Math.Round(double.Parse(text, CultureInfo.InvariantCulture) * TimeSpan.TicksPerMillisecond));

    private static Fate ParseFate(string[] words) => words switch
    {
        ["lost"] => Fate.Lost,
        ["after", var other] => Fate.Behind(int.Parse(other, CultureInfo.InvariantCulture)),
        [var one] => new Fate(1, Milliseconds(one)),
        [var one, var two] => new Fate(2, Milliseconds(one), Milliseconds(two)),
        _ => throw new FormatException(string.Join(' ', words)),
    };

    private Schedule With(string word)
    {
        var (key, value) = (word[..word.IndexOf('=')], word[(word.IndexOf('=') + 1)..]);
        return key switch
        {
            "seed" => this with { Seed = ulong.Parse(value, CultureInfo.InvariantCulture) },
            "setup" => this with { Setup = Setup.ByName(value) },
            "want" => this with { AWants = value.Contains('A'), BWants = value.Contains('B') },
            "expect" => this with { Expect = Enum.Parse<Expectation>(value) },
            "answers" => this with { Answers = Milliseconds(value) },
            "crypto" => this with { RealCrypto = value == "real" },
            _ => throw new FormatException(word),
        };
    }
}
