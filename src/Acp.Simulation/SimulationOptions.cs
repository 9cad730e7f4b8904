using Acp.Core;
using Acp.Core.Ikev2.Crypto;
using Acp.Core.Node;
using Acp.Core.Time;
using Acp.Simulation.Schedules;
using Acp.Simulation.Security;
using Acp.Simulation.Topologies;
using Acp.Simulation.Toy;

namespace Acp.Simulation;

/// <summary>What is simulated, and how. Two runs with equal options give the same trace.</summary>
public sealed record SimulationOptions
{
    public required Topology Topology { get; init; }

    /// <summary>All chance comes from it: the nodes' own, and what happens on links.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The primitives of IKEv2, once for each life of a node, with its randomness: toy ones, unless a small run is given real ones.</summary>
    public Func<RandomSource, IIkeCrypto> Crypto { get; init; } = random => new ToyIkeCrypto(random);

    /// <summary>Who signs and who judges signatures.</summary>
    public ISimulatedAuthority Authority { get; init; } = new ToyAuthority();

    /// <summary>Of every node that <see cref="OptionsOf"/> does not speak of.</summary>
    public NodeOptions NodeOptions { get; init; } = new();

    /// <summary>Options of single nodes, by number: a registrar's preference for example. Null for the common ones.</summary>
    public Func<int, NodeOptions?>? OptionsOf { get; init; }

    /// <summary>What happens, counted from the moment when the network had converged for the first time.</summary>
    public Schedule Schedule { get; init; } = Schedule.Empty;

    public SimulationLimits Limits { get; init; } = new();

    /// <summary>Between two samples of the time series.</summary>
    public TimeSpan SampleEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the rules are checked that hold at any time.</summary>
    public TimeSpan CheckEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Samples say how many pairs are reachable; costs nodes × nodes for each sample.</summary>
    public bool SampleReachability { get; init; }

    /// <summary>Most samples that are kept; when there are more, every other one goes.</summary>
    public int MaxSamples { get; init; } = 2048;

    /// <summary>Facts remembered for each node, for the story of a broken rule.</summary>
    public int FactsPerNode { get; init; } = 24;

    /// <summary>Hears everything that nodes note: virtual time since power-on, the node's name, the fact.</summary>
    public Action<TimeSpan, string, NodeFact>? OnFact { get; init; }

    /// <summary>All nodes are switched on within this time, evenly by chance. Zero: at the same instant.</summary>
    public TimeSpan PowerOnSpread { get; init; }

    /// <summary>Each node keeps a session to every neighbour for GRASP, as on a box. Off: DULL, IKEv2 and RPL alone.</summary>
    public bool Grasp { get; init; } = true;

    /// <summary>Of every certificate, from when it is issued.</summary>
    public TimeSpan CertificateLifetime { get; init; } = TimeSpan.FromDays(365);

    /// <summary>An arbitrary point of an arbitrary boot, so that a stray look at a real clock shows.</summary>
    public Instant Start { get; init; } = new(987_654_321_000_000_000);

    /// <summary>The date at <see cref="Start"/>, as every node knows it unless its clock is skewed.</summary>
    public DateTimeOffset Date { get; init; } = new(2031, 5, 4, 3, 2, 1, TimeSpan.Zero);
}
