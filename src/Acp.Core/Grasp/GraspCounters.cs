using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>What one engine has seen since it was made.</summary>
public sealed class GraspCounters
{
    private readonly long[] _dropped = new long[Enum.GetValues<GraspDropReason>().Length];
    private readonly long[] _signatures = new long[Enum.GetValues<FloodSignatureStatus>().Length];
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

    /// <summary>Of <see cref="FloodsSent"/>, those with a signature; one that goes out on several links counts once.</summary>
    public long FloodsSigned { get; internal set; }

    /// <summary>Certificates that we asked for, to verify a flood with.</summary>
    public long CertificatesFetched { get; internal set; }

    /// <summary>Floods by what became of their signature; one that waited for its certificate counts twice.</summary>
    public long Signatures(FloodSignatureStatus status) => _signatures[(int)status];

    public long Dropped(GraspDropReason reason) => _dropped[(int)reason];

    public long Undecodable(GraspRefusal refusal) => _undecodable[(int)refusal];

    internal void Count(FloodSignatureStatus status) => _signatures[(int)status]++;

    internal void Count(GraspDropReason reason) => _dropped[(int)reason]++;

    internal void Count(GraspRefusal refusal)
    {
        _undecodable[(int)refusal]++;
        Count(GraspDropReason.Undecodable);
    }
}
