using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Core.Node;
using Acp.Wire;

namespace Acp.Daemon.Trace;

/// <summary>
/// Hands what the IKE machine notes to whoever reads along. The machine traces only while there is a reader. The loop's.
/// </summary>
internal sealed class TraceFeed(Ikev2Machine machine)
{
    /// <summary>More than people will use at once; each holds a queue.</summary>
    public const int MaxReaders = 8;

    private readonly List<TraceReader> _readers = [];

    // A child SA's facts say only which channel. Its end is told before theirs.
    private readonly Dictionary<ChannelId, (LinkId Link, Ipv6Address Remote)> _channels = [];

    private bool _closed;

    public bool HasReaders => _readers.Count > 0;

    /// <summary>False when there are too many already, or the daemon is stopping.</summary>
    public bool TryAdd(TraceReader reader, IEnumerable<ChannelStatus> channels)
    {
        if (_closed || _readers.Count >= MaxReaders)
            return false;
        if (_readers.Count == 0)
        {
            _channels.Clear();
            foreach (var channel in channels)
                _channels[channel.Spec.Channel] = (channel.Spec.Link, channel.Spec.Remote);
        }

        _readers.Add(reader);
        machine.Tracing = true;
        return true;
    }

    public void Remove(TraceReader reader)
    {
        _readers.Remove(reader);
        reader.Complete();
        machine.Tracing = _readers.Count > 0;
    }

    /// <summary>Ends every reader, and takes no more.</summary>
    public void Close()
    {
        _closed = true;
        foreach (var reader in _readers.ToList())
            Remove(reader);
    }

    /// <param name="nameOf">The host's name of a link.</param>
    public void Note(NodeFact fact, Func<LinkId, string> nameOf)
    {
        if (_readers.Count == 0)
            return;
        if (fact is NodeFact.ChannelUp up)
            _channels[up.Channel.Channel] = (up.Channel.Link, up.Channel.Remote);
        if (fact is not NodeFact.Ikev2Noted { Fact: var noted })
            return;
        var peer = FactText.PeerOf(noted) ?? (ChannelOf(noted) is { } channel && _channels.TryGetValue(channel, out var known) ? known : null);
        var entry = new TraceEntry(DateTimeOffset.UtcNow, peer is { } at ? nameOf(at.Link) : null, peer?.Remote.ToEndpointText(), noted);
        foreach (var reader in _readers)
        {
            if (reader.Wants(peer))
                reader.Offer(entry);
        }
    }

    private static ChannelId? ChannelOf(Ikev2Fact fact) => fact switch
    {
        Ikev2Fact.ChildSaEstablished f => f.Channel,
        Ikev2Fact.ChildSaRemoved f => f.Channel,
        _ => null,
    };
}
