using Acp.Wire.Grasp;

namespace Acp.Core.Dull;

/// <summary>What one DULL instance has seen since it was made (P-03).</summary>
public sealed class DullCounters
{
    private readonly long[] _refused = new long[Enum.GetValues<DullRefusal>().Length];
    private readonly long[] _undecodable = new long[Enum.GetValues<GraspRefusal>().Length];

    /// <summary>Floods sent.</summary>
    public long Sent { get; internal set; }

    /// <summary>Datagrams received, our own included.</summary>
    public long Received { get; internal set; }

    /// <summary>Objectives that entered or refreshed the cache.</summary>
    public long Accepted { get; internal set; }

    /// <summary>Neighbours evicted to make room .</summary>
    public long Evicted { get; internal set; }

    /// <summary>Datagrams with a hop limit other than 1 and 255. They are taken all the same.</summary>
    public long UnusualHopLimit { get; internal set; }

    public long Refused(DullRefusal refusal) => _refused[(int)refusal];

    public long Undecodable(GraspRefusal refusal) => _undecodable[(int)refusal];

    internal void Count(DullRefusal refusal) => _refused[(int)refusal]++;

    internal void Count(GraspRefusal refusal) => _undecodable[(int)refusal]++;
}
