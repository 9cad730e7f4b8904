using System.Diagnostics.CodeAnalysis;
using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Core.Node;

/// <summary>
/// The ACP Adjacency Table (RFC 8994 §6.3), keyed by link and link-local address: equal addresses on two links say nothing
/// about being one node (B-30). In key order, so that what follows from it is the same every time.
/// </summary>
public sealed class AdjacencyTable
{
    private readonly OrderedTable<(LinkId Link, Ipv6Address Peer), AdjacencyRecord> _records = new();

    public int Count => _records.Count;

    /// <summary>A snapshot for people.</summary>
    public IReadOnlyList<AdjacencyEntry> Entries => [.. _records.Values.Select(r => r.ToEntry())];

    internal AdjacencyRecord[] Records => _records.Values;

    internal DeadlineHeap<AdjacencyRecord> Deadlines { get; } = new();

    /// <summary>One row, or null.</summary>
    public AdjacencyEntry? Find(LinkId link, Ipv6Address peer) => TryGet(link, peer, out var record) ? record.ToEntry() : null;

    internal bool TryGet(LinkId link, Ipv6Address peer, [NotNullWhen(true)] out AdjacencyRecord? record) =>
        _records.TryGetValue((link, peer), out record);

    internal AdjacencyRecord Add(LinkId link, Ipv6Address peer)
    {
        var record = new AdjacencyRecord(link, peer, Deadlines);
        _records.Add((link, peer), record);
        return record;
    }

    internal void Remove(AdjacencyRecord record)
    {
        _records.Remove((record.Link, record.Peer));
        Deadlines.Cancel(record);
    }
}
