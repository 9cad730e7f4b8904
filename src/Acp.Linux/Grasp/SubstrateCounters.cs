using Acp.Core;

namespace Acp.Linux.Grasp;

/// <summary>What an <see cref="AcpSubstrate"/> has seen since it was made.</summary>
public sealed class SubstrateCounters
{
    private readonly long[] _refused = new long[Enum.GetValues<SubstrateRefusal>().Length];
    private readonly long[] _notMembers = new long[Enum.GetValues<PeerRefusal>().Length];

    /// <summary>TLS streams that we opened, and that others did, whose peer is a member.</summary>
    public long TlsConnected { get; internal set; }

    public long TlsAccepted { get; internal set; }

    /// <summary>Of both, those that went on with an earlier session.</summary>
    public long TlsResumed { get; internal set; }

    /// <summary>Members whose certificate has an ACP address, and that came from another (J-16).</summary>
    public long PeersElsewhere { get; internal set; }

    /// <summary>Messages to neighbours that made room for newer ones (J-15).</summary>
    public long FloodsDropped { get; internal set; }

    public long Refused(SubstrateRefusal refusal) => _refused[(int)refusal];

    public long NotMembers(PeerRefusal refusal) => _notMembers[(int)refusal];

    internal void Count(SubstrateRefusal refusal) => _refused[(int)refusal]++;

    internal void Count(PeerRefusal refusal)
    {
        _notMembers[(int)refusal]++;
        Count(SubstrateRefusal.NotMember);
    }
}
