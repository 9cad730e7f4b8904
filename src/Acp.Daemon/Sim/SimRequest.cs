using System.Globalization;
using Acp.Simulation;
using Acp.Simulation.Topologies;

namespace Acp.Daemon.Sim;

/// <summary>What <c>acpd sim</c> was asked for, with what it does when it was not.</summary>
internal sealed record SimRequest
{
    /// <summary>How many boxes; with another <see cref="MostNodes"/> the seed decides, between the two.</summary>
    public int LeastNodes { get; init; } = 100;

    public int MostNodes { get; init; } = 100;

    /// <summary>A kind of the catalog, or a file.</summary>
    public string Topology { get; init; } = "random-tree";

    public ulong Seed { get; init; } = 1;

    /// <summary>So many in a row, from <see cref="Seed"/> on.</summary>
    public int Seeds { get; init; } = 1;

    /// <summary>Numbers of boxes, one run each; empty for a single one.</summary>
    public IReadOnlyList<int> Ladder { get; init; } = [];

    public LinkQuality Quality { get; init; } = new();

    /// <summary>The attributes that were given, as "--loss 5%", for the command that repeats a run.</summary>
    public IReadOnlyList<string> QualityWords { get; init; } = [];

    public double SlowLinks { get; init; }

    /// <summary>Boxes at random that would make good roots: registrars, preference 3.</summary>
    public int Candidates { get; init; }

    public TimeSpan PowerOnSpread { get; init; }

    public string? EventsFile { get; init; }

    public int Flaps { get; init; }

    public int Crashes { get; init; }

    public int Partitions { get; init; }

    /// <summary>How long trouble lasts; without any, how long the network is watched. Null: ten minutes of trouble, no watching beyond the least.</summary>
    public TimeSpan? For { get; init; }

    public bool RealCrypto { get; init; }

    public bool Grasp { get; init; } = true;

    public bool Json { get; init; }

    public string? SvgFile { get; init; }

    public string? SeriesFile { get; init; }

    public string? TraceFile { get; init; }

    public bool HasTrouble => Flaps + Crashes + Partitions > 0;

    /// <summary>How many boxes a run with this seed has.</summary>
    public int NodesOf(ulong seed) =>
        LeastNodes == MostNodes ? LeastNodes : LeastNodes + new Core.SeededRandom(seed ^ 0x6e6f_6465_7321).Next(MostNodes - LeastNodes + 1);

    /// <summary>One run of this request: the same network and events under one seed.</summary>
    public SimRequest Single(ulong seed, int? nodes = null)
    {
        var count = nodes ?? NodesOf(seed);
        return this with { Seed = seed, Seeds = 1, Ladder = [], LeastNodes = count, MostNodes = count };
    }

    /// <summary>The command that does this again, and leaves out what is so anyway.</summary>
    public string CommandLine()
    {
        var words = new List<string> { "acpd", "sim" };
        if (!IsFile)
            Add("--nodes", LeastNodes == MostNodes ? Number(LeastNodes) : $"{Number(LeastNodes)}-{Number(MostNodes)}");
        Add("--topology", Topology);
        Add("--seed", Seed.ToString(CultureInfo.InvariantCulture));
        if (Seeds > 1)
            Add("--seeds", Number(Seeds));
        words.AddRange(QualityWords);
        if (SlowLinks > 0)
            Add("--slow-links", SlowLinks.ToString(CultureInfo.InvariantCulture));
        if (Candidates > 0)
            Add("--candidates", Number(Candidates));
        if (PowerOnSpread > TimeSpan.Zero)
            Add("--power-on-spread", Durations.Format(PowerOnSpread));
        if (EventsFile is not null)
            Add("--events", EventsFile);
        if (Flaps > 0)
            Add("--flaps", Number(Flaps));
        if (Crashes > 0)
            Add("--crashes", Number(Crashes));
        if (Partitions > 0)
            Add("--partitions", Number(Partitions));
        if (For is { } span)
            Add("--for", Durations.Format(span));
        if (RealCrypto)
            Add("--crypto", "real");
        if (!Grasp)
            words.Add("--no-grasp");
        return string.Join(' ', words);

        void Add(string name, string value) => words.AddRange([name, Quote(value)]);
    }

    public bool IsFile => !TopologyCatalog.TryFind(Topology, out _);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Quote(string word) =>
        word.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '/' or '_' or '%' or '=' or ',') ? word : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
