using System.Collections;
using Acp.Core.Node;
using Acp.Core.Time;

namespace Acp.Simulation.Network;

/// <summary>The last things that a node noted, oldest first.</summary>
public sealed class FactLog(int limit) : IReadOnlyCollection<NodeFact>
{
    private readonly Queue<(Instant At, NodeFact Fact)> _facts = new();

    public int Count => _facts.Count;

    /// <summary>With the time of each.</summary>
    public IEnumerable<(Instant At, NodeFact Fact)> Timed => _facts;

    public IEnumerator<NodeFact> GetEnumerator() => _facts.Select(f => f.Fact).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Add(Instant at, NodeFact fact)
    {
        if (limit <= 0)
            return;
        if (_facts.Count >= limit)
            _facts.Dequeue();
        _facts.Enqueue((at, fact));
    }
}
