using Acp.Core;
using Acp.Core.Node;
using Acp.Core.Rpl;
using Acp.Linux.Crypto;
using Acp.Simulation;
using Acp.Simulation.Schedules;
using Acp.Simulation.Topologies;

namespace Acp.Daemon.Sim;

/// <summary>Makes of a request what the simulator takes: the network, what happens to it, its limits.</summary>
internal static class SimInputs
{
    private const byte RegistrarPreference = 3;
    private const int MostFileOctets = 64 * 1024 * 1024;
    private static readonly TimeSpan TroubleSpan = TimeSpan.FromMinutes(10);

    /// <param name="request">A single run.</param>
    /// <exception cref="SimException">It cannot be made.</exception>
    public static SimulationOptions Make(SimRequest request)
    {
        var topology = Lay(request);
        var candidates = Candidates(request, topology.Nodes);
        var limits = new SimulationLimits();
        var trouble = request.HasTrouble || request.EventsFile is not null;
        if (!trouble && request.For is { } span && span > limits.Settle)
            limits = limits with { Settle = span };
        var options = new SimulationOptions
        {
            Topology = topology,
            Seed = request.Seed,
            OptionsOf = candidates.Count == 0 ? null
                : box => candidates.Contains(box) ? new NodeOptions { Rpl = new RplOptions { Preference = RegistrarPreference } } : null,
            Schedule = Plan(request, topology),
            Limits = limits,
            SampleReachability = request.SeriesFile is not null && topology.Nodes <= 500,
            PowerOnSpread = request.PowerOnSpread,
            Grasp = request.Grasp,
        };
        return request.RealCrypto ? options with { Crypto = _ => new PlatformIkeCrypto(), Authority = new SimAuthority() } : options;
    }

    private static Topology Lay(SimRequest request)
    {
        if (TopologyCatalog.TryFind(request.Topology, out var kind))
        {
            var nodes = request.LeastNodes;
            return nodes >= kind.LeastNodes && nodes <= kind.MostNodes
                ? kind.Generate(new TopologyRequest(nodes, request.Seed) { Quality = request.Quality, SlowLinks = request.SlowLinks })
                : throw new SimException(ExitCode.Usage, $"--nodes: a {kind.Name} has {kind.LeastNodes} to {kind.MostNodes} boxes");
        }

        var text = ReadText("--topology", request.Topology);
        return TopologyFile.TryRead(request.Topology, text, request.Quality, out var topology, out var error)
            ? topology
            : throw new SimException(ExitCode.Usage, error.ToString());
    }

    private static Schedule Plan(SimRequest request, Topology topology)
    {
        var events = new List<SimulationEvent>();
        if (request.EventsFile is { } file)
        {
            if (!ScheduleFile.TryRead(file, ReadText("--events", file), topology, out var read, out var error))
                throw new SimException(ExitCode.Usage, error.ToString());
            events.AddRange(read.Events);
        }

        if (request.HasTrouble)
        {
            var trouble = new RandomScheduleOptions
            {
                Flaps = request.Flaps,
                Crashes = request.Crashes,
                Partitions = request.Partitions,
                Duration = request.For ?? TroubleSpan,
            };
            events.AddRange(RandomSchedule.Create(topology, request.Seed, trouble).Events);
        }

        return new Schedule(events);
    }

    private static HashSet<int> Candidates(SimRequest request, int nodes)
    {
        var random = new SeededRandom(request.Seed ^ 0x726f_6f74_7321);
        var candidates = new HashSet<int>();
        while (candidates.Count < Math.Min(request.Candidates, nodes))
            candidates.Add(random.Next(nodes));
        return candidates;
    }

    private static string ReadText(string option, string path)
    {
        try
        {
            if (new FileInfo(path).Length > MostFileOctets)
                throw new SimException(ExitCode.Usage, $"{option}: {path} has more than {MostFileOctets / 1024 / 1024} MiB");
            return File.ReadAllText(path);
        }
        catch (FileNotFoundException)
        {
            throw new SimException(
                ExitCode.Usage,
                option == "--topology"
                    ? $"--topology: '{path}' is neither a file nor one of {string.Join(", ", TopologyCatalog.All.Select(k => k.Name))}"
                    : $"{option}: there is no file '{path}'");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SimException(ExitCode.Usage, $"{option}: {path} cannot be read ({e.Message})");
        }
    }
}
