using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>What one engine has seen since it was made.</summary>
public sealed class GraspCounters
{
    private readonly long[] _dropped = new long[Enum.GetValues<GraspDropReason>().Length];
    private readonly long[] _undecodable = new long[Enum.GetValues<GraspRefusal>().Length];

    /// <summary>Messages from links, of any kind.</summary>
    public long LinkMessages { get; internal set; }

    /// <summary>Messages from streams.</summary>
    public long StreamMessages { get; internal set; }

    public long DiscoveriesSent { get; internal set; }

    public long DiscoveriesRelayed { get; internal set; }

    public long ResponsesSent { get; internal set; }

    public long FloodsSent { get; internal set; }

    /// <summary>Each flood once, however many copies came.</summary>
    public long FloodsReceived { get; internal set; }

    public long FloodsRelayed { get; internal set; }

    public long NegotiationsStarted { get; internal set; }

    public long NegotiationsServed { get; internal set; }

    public long SynchronizationsStarted { get; internal set; }

    public long SynchronizationsServed { get; internal set; }

    public long Dropped(GraspDropReason reason) => _dropped[(int)reason];

    public long Undecodable(GraspRefusal refusal) => _undecodable[(int)refusal];

    internal void Count(GraspDropReason reason) => _dropped[(int)reason]++;

    internal void Count(GraspRefusal refusal)
    {
        _undecodable[(int)refusal]++;
        Count(GraspDropReason.Undecodable);
    }
}
