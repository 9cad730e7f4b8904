using Acp.Core;
using Acp.Core.Grasp;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Sim.Grasp;

/// <summary>One engine, its channels, and what became of its ASA's calls.</summary>
internal sealed class GraspSimNode(int number, GraspOptions options, ulong seed)
{
    public int Number { get; } = number;

    public GraspEngine Engine { get; } = new(options, new SeededRandom(seed));

    public Ipv6Address Address { get; } = new(0xfd89_b714_f3db_0000, (ulong)number + 1);

    public Ipv6Address LinkLocal { get; } = new(0xfe80_0000_0000_0000, (ulong)number + 1);

    public GraspNeighbor AsNeighbor => new(LinkLocal, GraspConstants.GRASP_LISTEN_PORT);

    /// <summary>By interface number, which begins with 1.</summary>
    public List<GraspSimLink> Links { get; } = [];

    public AsaHandle Asa { get; set; }

    public Dictionary<CommandId, GraspResult> Results { get; } = [];

    /// <summary>Copies of floods that entered the cache.</summary>
    public int Cached { get; set; }

    /// <summary>The wake-up that is in the queue.</summary>
    public Instant? Alarm { get; set; }
}
