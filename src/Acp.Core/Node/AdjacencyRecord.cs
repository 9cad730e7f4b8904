using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Core.Node;

/// <summary>The machine's own, changing side of an <see cref="AdjacencyEntry"/>.</summary>
/// <param name="deadlines">Told of every change of <see cref="Due"/>.</param>
internal sealed class AdjacencyRecord(LinkId link, Ipv6Address peer, DeadlineHeap<AdjacencyRecord> deadlines) : DeadlineItem
{
    public LinkId Link => link;

    public Ipv6Address Peer => peer;

    public AdjacencyState State { get; set; }

    public ValueList<ChannelMethod> Methods { get; set; } = [];

    public bool IsAnnounced { get; set; }

    /// <summary>An operator named it: it is there without any announcement, for ever.</summary>
    public bool IsConfigured { get; set; }

    public PeerIdentity? Identity { get; set; }

    public bool? WeAreDecider { get; set; }

    /// <summary>All that are up, newest last: for a moment there may be two (RFC 8994 §6.6 Figure 8).</summary>
    public List<ChannelId> Channels { get; } = [];

    public Instant UpSince { get; set; }

    public string? LastError { get; set; }

    public int Attempts { get; set; }

    /// <summary>Failed initiations since the last channel; what the backoff doubles by.</summary>
    public int Failures { get; set; }

    public int Flaps { get; set; }

    /// <summary>When to initiate, or when to stop waiting for somebody else's doing.</summary>
    public Instant? Due
    {
        get;
        set
        {
            field = value;
            deadlines.Set(this, value);
        }
    }

    /// <summary>When the initiation was due before the link's budget put it off: first come, first served.</summary>
    public Instant? DeferredFrom { get; set; }

    public ushort? Port => ChannelMethod.IkeV2Port(Methods);

    public AdjacencyEntry ToEntry() => new(
        Link,
        Peer,
        State,
        Identity?.AcpAddress,
        Identity?.NodeName,
        Methods,
        IsAnnounced,
        WeAreDecider,
        Channels.Count == 0 ? null : Channels[^1],
        LastError,
        Attempts,
        State == AdjacencyState.Initiating ? null : Due)
    { IsConfigured = IsConfigured };
}
