using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Core.Node;

/// <summary>
/// One row of the ACP Adjacency Table as it is shown to people (RFC 8994 §6.3, B-27). All adjacent nodes are in it,
/// whatever their domain; nothing here replaces a fresh membership check (B-28).
/// </summary>
/// <param name="Peer">Its link-local address on that link; the key is both together (B-30).</param>
/// <param name="NodeId">Its acp-address, once authenticated; null before, and for "0".</param>
/// <param name="NodeName">Its AcpNodeName, once authenticated.</param>
/// <param name="Methods">What it announces.</param>
/// <param name="IsAnnounced">Its announcement has not expired.</param>
/// <param name="WeAreDecider">The role from the last authenticated connection; null before the first (C-03).</param>
/// <param name="Channel">The newest channel while <see cref="AdjacencyState.Up"/>.</param>
/// <param name="LastError">Why the last attempt or channel ended.</param>
/// <param name="Attempts">Initiated since the last channel that held.</param>
/// <param name="NextAttempt">When we will initiate; null when we will not by ourselves.</param>
public sealed record AdjacencyEntry(
    LinkId Link,
    Ipv6Address Peer,
    AdjacencyState State,
    Ipv6Address? NodeId,
    string? NodeName,
    ValueList<ChannelMethod> Methods,
    bool IsAnnounced,
    bool? WeAreDecider,
    ChannelId? Channel,
    string? LastError,
    int Attempts,
    Instant? NextAttempt)
{
    /// <summary>An operator named it (RFC 8994 §8.2.1): it does not expire.</summary>
    public bool IsConfigured { get; init; }
}
