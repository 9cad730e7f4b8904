using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Acp.Simulation.Topologies;

namespace Acp.Simulation.Schedules;

/// <summary>
/// A schedule from text, one event a line: when, counted from the moment when the network had converged, then what, then whom. Boxes go
/// by number or, where a file of links names them, by name; links by number or as <c>A-B</c>. What follows a <c>#</c> is passed over.
/// <see cref="Forms"/> has every event.
/// </summary>
public static class ScheduleFile
{
    /// <summary>Every kind of line, for help and messages.</summary>
    public static IReadOnlyList<string> Forms { get; } =
    [
        "10s down LINK", "12s up LINK", "20s silent LINK", "30s quality LINK loss=5% latency=80ms", "1m partition BOX,BOX,… [silent]", "2m heal",
        "3m crash BOX", "3m20s start BOX", "4m shutdown BOX", "5m root-loss", "6m power-failure 10s", "7m rogue BOX", "8m garbage BOX 30s [PER-SECOND]",
        "9m clock-skew BOX -3d", "10m renew BOX|all",
    ];

    public static bool TryRead(
        string file, string text, Topology topology, [NotNullWhen(true)] out Schedule? schedule, [NotNullWhen(false)] out FileError? error)
    {
        var events = new List<SimulationEvent>();
        var reader = new LineReader(topology, events);
        var (line, reason) = WordLines.Read(text, reader.Read);
        if (reason is not null)
        {
            schedule = null;
            error = new FileError(file, line, reason);
            return false;
        }

        error = null;
        schedule = new Schedule(events);
        return true;
    }

    private sealed class LineReader(Topology topology, List<SimulationEvent> events)
    {
        private readonly Dictionary<(int, int), int> _links = Links(topology);
        private readonly Dictionary<string, int> _labels = Labels(topology);

        /// <summary>Why the line is none, or null.</summary>
        public string? Read(string[] words)
        {
            if (Durations.Parse(words[0]) is not { } at)
                return $"'{words[0]}' is no time such as 10s or 1h30m";
            if (words.Length == 1)
                return "a line says when, what, and whom";
            var rest = words.AsSpan(3 <= words.Length ? 3 : words.Length);
            var whom = words.Length > 2 ? words[2] : null;
            return words[1] switch
            {
                "down" => OnLink(whom, rest, link => new SimulationEvent.LinkDown(at, link)),
                "up" => OnLink(whom, rest, link => new SimulationEvent.LinkUp(at, link)),
                "silent" => OnLink(whom, rest, link => new SimulationEvent.LinkSilent(at, link)),
                "quality" => Quality(at, whom, rest),
                "partition" => Partition(at, whom, rest),
                "heal" => Alone(words, new SimulationEvent.Heal(at)),
                "crash" => OnBox(whom, rest, box => new SimulationEvent.NodeCrash(at, box)),
                "start" => OnBox(whom, rest, box => new SimulationEvent.NodeStart(at, box)),
                "shutdown" => OnBox(whom, rest, box => new SimulationEvent.NodeShutdown(at, box)),
                "root-loss" => Alone(words, new SimulationEvent.RootLoss(at)),
                "power-failure" => whom is not null && Durations.Parse(whom) is { } span
                    ? Nothing(rest) ?? Add(new SimulationEvent.PowerFailure(at, span))
                    : "power-failure needs to know for how long, such as 10s",
                "rogue" => OnBox(whom, rest, box => new SimulationEvent.RogueNode(at, box)),
                "garbage" => Garbage(at, whom, rest),
                "clock-skew" => ClockSkew(at, whom, rest),
                "renew" => Renew(at, whom, rest),
                _ => $"'{words[1]}' is no event. There are: {string.Join("; ", Forms)}",
            };
        }

        private string? OnLink(string? name, ReadOnlySpan<string> rest, Func<int, SimulationEvent> make) =>
            FindLink(name, out var link) ?? Nothing(rest) ?? Add(make(link));

        private string? OnBox(string? name, ReadOnlySpan<string> rest, Func<int, SimulationEvent> make) =>
            FindBox(name, out var box) ?? Nothing(rest) ?? Add(make(box));

        private string? Alone(string[] words, SimulationEvent happening) => Nothing(words.AsSpan(2)) ?? Add(happening);

        private string? Quality(TimeSpan at, string? name, ReadOnlySpan<string> attributes)
        {
            if (FindLink(name, out var link) is { } wrong)
                return wrong;
            if (attributes.IsEmpty)
                return "quality needs attributes such as loss=5%";
            var quality = topology.Edges[link].Quality;
            foreach (var attribute in attributes)
            {
                var equals = attribute.IndexOf('=');
                if (equals < 0)
                    return $"'{attribute}' is no attribute such as loss=5%";
                if (!LinkAttributes.TryApply(quality, attribute[..equals], attribute[(equals + 1)..], out var changed, out var reason))
                    return reason;
                quality = changed;
            }

            return Add(new SimulationEvent.LinkQualityChange(at, link, quality));
        }

        private string? Partition(TimeSpan at, string? names, ReadOnlySpan<string> rest)
        {
            var silent = rest is ["silent"];
            if (!silent && Nothing(rest) is { } more)
                return more;
            var boxes = new List<int>();
            foreach (var name in names?.Split(',') ?? [])
            {
                if (FindBox(name, out var box) is { } wrong)
                    return wrong;
                boxes.Add(box);
            }

            return boxes.Count == 0 ? "partition needs boxes, with commas between them" : Add(new SimulationEvent.Partition(at, boxes, silent));
        }

        private string? Garbage(TimeSpan at, string? name, ReadOnlySpan<string> rest)
        {
            if (FindBox(name, out var box) is { } wrong)
                return wrong;
            if (rest.IsEmpty || Durations.Parse(rest[0]) is not { } span)
                return "garbage needs to know for how long, such as 30s";
            var rate = 50;
            if (rest.Length > 1 && (!int.TryParse(rest[1], NumberStyles.None, CultureInfo.InvariantCulture, out rate) || rate is < 1 or > 100_000))
                return $"'{rest[1]}' is not a number of messages per second from 1 to 100000";
            return Nothing(rest[Math.Min(2, rest.Length)..]) ?? Add(new SimulationEvent.Garbage(at, box, span, rate));
        }

        private string? ClockSkew(TimeSpan at, string? name, ReadOnlySpan<string> rest)
        {
            if (FindBox(name, out var box) is { } wrong)
                return wrong;
            var back = !rest.IsEmpty && rest[0].StartsWith('-');
            if (rest.IsEmpty || Durations.Parse(back ? rest[0][1..] : rest[0]) is not { } span)
                return "clock-skew needs to know by how much, such as 5m or -3d";
            return Nothing(rest[1..]) ?? Add(new SimulationEvent.ClockSkew(at, box, back ? -span : span));
        }

        private string? Renew(TimeSpan at, string? name, ReadOnlySpan<string> rest)
        {
            if (name != "all")
                return OnBox(name, rest, box => new SimulationEvent.RenewCertificate(at, box));
            for (var box = 0; box < topology.Nodes; box++)
                Add(new SimulationEvent.RenewCertificate(at, box));
            return Nothing(rest);
        }

        private string? Add(SimulationEvent happening)
        {
            events.Add(happening);
            return null;
        }

        private static string? Nothing(ReadOnlySpan<string> rest) => rest.IsEmpty ? null : $"'{rest[0]}' is more than the event needs";

        private string? FindBox(string? name, out int box)
        {
            box = 0;
            if (name is null)
                return "which box?";
            // A file's names may be digits as well: they come first.
            if (_labels.TryGetValue(name, out box))
                return null;
            return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out box) && box < topology.Nodes
                ? null
                : $"there is no box '{name}'";
        }

        private string? FindLink(string? name, out int link)
        {
            link = 0;
            if (name is null)
                return "which link?";
            // Names may have hyphens themselves.
            for (var hyphen = name.IndexOf('-'); hyphen > 0; hyphen = name.IndexOf('-', hyphen + 1))
            {
                if (FindBox(name[..hyphen], out var a) is null && FindBox(name[(hyphen + 1)..], out var b) is null
                    && _links.TryGetValue((Math.Min(a, b), Math.Max(a, b)), out link))
                    return null;
            }

            return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out link) && link < topology.Edges.Count
                ? null
                : $"there is no link '{name}'";
        }

        private static Dictionary<(int, int), int> Links(Topology topology)
        {
            var links = new Dictionary<(int, int), int>();
            for (var i = 0; i < topology.Edges.Count; i++)
            {
                var (a, b) = (topology.Edges[i].A, topology.Edges[i].B);
                links.TryAdd((Math.Min(a, b), Math.Max(a, b)), i);
            }

            return links;
        }

        private static Dictionary<string, int> Labels(Topology topology)
        {
            var labels = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var i = 0; i < (topology.Labels?.Count ?? 0); i++)
                labels.TryAdd(topology.Labels![i], i);
            return labels;
        }
    }
}
