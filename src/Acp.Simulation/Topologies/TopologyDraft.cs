namespace Acp.Simulation.Topologies;

/// <summary>A topology while a generator makes it: edges without qualities, each pair once.</summary>
internal sealed class TopologyDraft(int nodes)
{
    private readonly List<(int A, int B)> _edges = [];
    private readonly HashSet<long> _joined = [];
    private readonly int[] _degrees = new int[nodes];
    private int[]? _tiers;

    public int Nodes { get; } = nodes;

    public IReadOnlyList<(int A, int B)> Edges => _edges;

    public IReadOnlyList<int>? Tiers => _tiers;

    public int Degree(int node) => _degrees[node];

    public void SetTier(int node, int tier) => (_tiers ??= new int[Nodes])[node] = tier;

    public int TierOf(int node) => _tiers![node];

    /// <summary>Joins two boxes; false when they are one, or joined already.</summary>
    public bool TryJoin(int a, int b)
    {
        if (a == b || !_joined.Add(((long)Math.Min(a, b) << 32) | (uint)Math.Max(a, b)))
            return false;
        _edges.Add((a, b));
        _degrees[a]++;
        _degrees[b]++;
        return true;
    }

    /// <summary>Joins two boxes that a generator knows to be apart.</summary>
    public void Join(int a, int b)
    {
        if (!TryJoin(a, b))
            throw new InvalidOperationException($"{a} and {b} cannot be joined");
    }
}
