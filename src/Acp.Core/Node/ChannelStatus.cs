using Acp.Core.Time;

namespace Acp.Core.Node;

/// <summary>A snapshot of one channel.</summary>
/// <param name="ChildSas">(inbound, outbound) SPIs, oldest first.</param>
public sealed record ChannelStatus(
    ChannelSpec Spec,
    PeerIdentity Peer,
    bool WeDecide,
    Instant Since,
    IReadOnlyList<(uint Inbound, uint Outbound, EspAlgorithm Algorithm, bool Esn, Instant Since)> ChildSas);
