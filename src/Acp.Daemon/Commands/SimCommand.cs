using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Acp.Daemon.Sim;
using Acp.Simulation;
using Acp.Simulation.Topologies;

namespace Acp.Daemon.Commands;

/// <summary><c>acpd sim</c>: a whole ACP on a virtual clock.</summary>
internal static class SimCommand
{
    /// <summary>
    /// As the catalog has them. Said here once more, as every command builds the whole command line, and only this one is to wait for the
    /// simulator's code.
    /// </summary>
    internal const string Kinds = "line, ring, star, mesh, binary-tree, random-tree, random, grid, small-world, leaf-spine, fat-tree, isp";

    private const int MostNodes = 1_000_000;

    /// <summary>The boxes of a file are as many as it names; this only tells whether <c>--nodes</c> was given.</summary>
    private const string NormalNodes = "100";

    public static Command Create()
    {
        var nodes = Text("--nodes", "N|N-M", $"How many boxes; of a range, the seed takes one. A file of links says so itself. [default: {NormalNodes}]");
        var topology = Text(
            "--topology", "KIND|FILE",
            $"How they are joined: {Kinds}; or a file with links, GraphML or 'a b latency=5ms' a line. [default: random-tree]");
        var seed = Text("--seed", "N", "All chance comes from it: the same seed is the same run. [default: 1]");
        var seeds = Whole("--seeds", "So many seeds in a row, and a summary.", 1, 1, 1_000_000);
        var ladder = Text("--ladder", "N,N,…", "One run for each number of boxes, and a table of what grows how.");
        var candidates = Whole("--candidates", "So many boxes, at random, would make good roots (registrars, preference 3).", 0, 0, MostNodes);
        var spread = Text("--power-on-spread", "SPAN", "Boxes are switched on within this time. [default: all at one instant]");
        var events = Text("--events", "FILE", "What happens once the network has converged, an event a line, such as '10s down 3-7', '1m crash 5', '2m root-loss'.");
        var flaps = Whole("--flaps", "Random links go down, every fifth without a sign, and are whole again within 20 s.", 0, 0, 10_000_000);
        var crashes = Whole("--crashes", "Random boxes lose power, and have it again within 45 s.", 0, 0, 10_000_000);
        var partitions = Whole("--partitions", "A random part is cut off, one after the other, every fifth time without a sign.", 0, 0, 1_000_000);
        var span = Text("--for", "SPAN", "All of that happens within this time; without any of it, how long the network is watched. [default: 10m of trouble]");
        var slow = Text("--slow-links", "SHARE", "So many links, at random, have 100 Mbit/s, which RPL counts as slow: 0.3, or 30%.");
        var crypto = Text("--crypto", "toy|real", "Keys, ciphers and certificates: toys, or the platform's with X.509, which take 5 ms of CPU more per link; their signatures vary in length, so that no two traces are quite the same. [default: toy]");
        crypto.AcceptOnlyFromAmong("toy", "real");
        var noGrasp = new Option<bool>("--no-grasp") { Description = "No GRASP inside the ACP: DULL, IKEv2 and RPL alone." };
        var json = new Option<bool>("--json") { Description = "Print the result as one JSON value." };
        var svg = Text("--svg", "FILE", "A picture of the network at the end: boxes and links by state, the DODAG bold.");
        var series = Text("--series", "FILE", "The time series: a CSV table if the name ends so, and otherwise a JSON object a line.");
        var trace = Text("--trace", "FILE", "Everything that every node notes, in order; large.");
        var qualities = new[]
        {
            Text("--latency", "SPAN", "Of every link. [default: 1ms]"),
            Text("--jitter", "SPAN", "At most so much more; packets may pass each other."),
            Text("--loss", "SHARE", "Packets that vanish: 0.05, or 5%."),
            Text("--duplication", "SHARE", "Packets that come twice."),
            Text("--reordering", "SHARE", "Packets that are held back until others have passed."),
            Text("--bandwidth", "RATE", "Bits per second: 64k, 100M, 1G. [default: 1G]"),
            Text("--mtu", "OCTETS", "The longest packet. [default: 1500]"),
        };

        var command = new Command(
            "sim",
            "A whole ACP on a virtual clock: the nodes are the very ones that 'acpd run' has, with links in memory between them. It runs until every pair "
            + "of boxes routes, both ways; plays what is to happen; and checks rules throughout (no loops, ranks fall towards the root, one DODAG, one child SA "
            + "for each adjacency, …). The same command gives the same trace. Ends with 1 when it did not converge or a rule broke; then it prints the seed, the command "
            + "that does it again, and the last events of the nodes concerned. Needs no rights and touches nothing.")
        {
            nodes, topology, seed, seeds, ladder, candidates, spread, events, flaps, crashes, partitions, span, slow, crypto, noGrasp, json, svg, series, trace,
        };
        foreach (var quality in qualities)
            command.Options.Add(quality);
        Examples.Add(command,
            ("acpd sim --nodes 1000", "a random tree of a thousand boxes, from power-on until every pair routes"),
            ("acpd sim --nodes 60 --topology isp --svg isp.svg", "a provider's network, and a picture of its DODAG"),
            ("acpd sim --nodes 50-200 --topology random --loss 5% --flaps 30 --crashes 5 --partitions 2 --seeds 100", "a hundred networks in trouble; how long they take to recover"),
            ("acpd sim --nodes 1000 --candidates 3 --events events.txt --series run.csv", "with '1m root-loss' in events.txt: the root is lost among a thousand"),
            ("acpd sim --ladder 10,100,1000,10000", "what grows how"),
            ("acpd sim --topology backbone.graphml --latency 5ms --json | jq .converged_ms", "your own network, from a file"));
        command.SetAction((parsed, _) =>
        {
            var error = parsed.InvocationConfiguration.Error;
            SimRequest request;
            try
            {
                request = Read(parsed);
            }
            catch (FormatException e)
            {
                error.WriteLine($"acpd: {e.Message}");
                return Task.FromResult(ExitCode.Usage);
            }

            return Task.FromResult(Run(request, parsed.InvocationConfiguration.Output, error));
        });
        return command;

        SimRequest Read(ParseResult parsed)
        {
            var (least, most) = Range(parsed.GetValue(nodes) ?? NormalNodes);
            var quality = new LinkQuality();
            var words = new List<string>();
            foreach (var option in qualities)
            {
                if (parsed.GetValue(option) is not { } value)
                    continue;
                if (!LinkAttributes.TryApply(quality, option.Name[2..], value, out var changed, out var reason))
                    throw new FormatException($"--{reason}");
                quality = changed;
                words.AddRange([option.Name, value]);
            }

            var request = new SimRequest
            {
                LeastNodes = least,
                MostNodes = most,
                Topology = parsed.GetValue(topology) ?? "random-tree",
                Seed = parsed.GetValue(seed) is { } number
                    ? ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var parsedSeed) ? parsedSeed : throw new FormatException($"--seed: '{number}' is no number")
                    : 1,
                Seeds = parsed.GetValue(seeds),
                Ladder = parsed.GetValue(ladder) is { } rungs ? [.. rungs.Split(',').Select(r => Count("--ladder", r))] : [],
                Quality = quality,
                QualityWords = words,
                SlowLinks = parsed.GetValue(slow) is { } share ? LinkAttributes.Share(share) ?? throw new FormatException($"--slow-links: '{share}' is no part of all links such as 0.3 or 30%") : 0,
                Candidates = parsed.GetValue(candidates),
                PowerOnSpread = Span(spread, parsed) ?? TimeSpan.Zero,
                EventsFile = parsed.GetValue(events),
                Flaps = parsed.GetValue(flaps),
                Crashes = parsed.GetValue(crashes),
                Partitions = parsed.GetValue(partitions),
                For = Span(span, parsed),
                RealCrypto = parsed.GetValue(crypto) == "real",
                Grasp = !parsed.GetValue(noGrasp),
                Json = parsed.GetValue(json),
                SvgFile = parsed.GetValue(svg),
                SeriesFile = parsed.GetValue(series),
                TraceFile = parsed.GetValue(trace),
            };
            if (request.IsFile && (parsed.GetValue(nodes) is not null || request.Ladder.Count > 0))
                throw new FormatException($"the file {request.Topology} says how many boxes there are: --nodes and --ladder are for the kinds of --topology");
            if (request.Ladder.Count > 0 && request.Seeds > 1)
                throw new FormatException("--ladder or --seeds, one of them");
            if ((request.Ladder.Count > 0 || request.Seeds > 1) && (request.SvgFile ?? request.SeriesFile ?? request.TraceFile) is not null)
                throw new FormatException("--svg, --series and --trace are for a single run: without --seeds and --ladder");
            return request;
        }
    }

    private static int Run(SimRequest request, TextWriter output, TextWriter error)
    {
        using var stop = new StopSignals();
        var progress = new SimProgressLine(error, !Console.IsErrorRedirected, stop.Token);
        try
        {
            return new SimRunner(request, output, error, progress).Run();
        }
        catch (SimException e)
        {
            error.WriteLine($"acpd: {e.Message}");
            return e.ExitCode;
        }
        catch (OperationCanceledException)
        {
            progress.Clear();
            error.WriteLine("interrupted");
            return ExitCode.Failure;
        }
    }

    private static Option<string?> Text(string name, string helpName, string description) => new(name) { Description = description, HelpName = helpName };

    private static Option<int> Whole(string name, string description, int normal, int least, int most) => BenchOptions.Number(name, description, normal, least, most);

    private static (int Least, int Most) Range(string text)
    {
        var hyphen = text.IndexOf('-');
        var (least, most) = hyphen < 0
            ? (Count("--nodes", text), Count("--nodes", text))
            : (Count("--nodes", text[..hyphen]), Count("--nodes", text[(hyphen + 1)..]));
        return least <= most ? (least, most) : throw new FormatException($"--nodes: '{text}' ends before it begins");
    }

    private static int Count(string option, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= MostNodes
            ? count
            : throw new FormatException($"{option}: '{text}' is no number from 1 to {MostNodes}");

    private static TimeSpan? Span(Option<string?> option, ParseResult parsed) =>
        parsed.GetValue(option) is not { } text ? null
        : Durations.Parse(text) ?? throw new FormatException($"{option.Name}: '{text}' is no duration such as 30s, 10m or 30d");
}
