using Acp.Core;

namespace Acp.Simulation.Topologies;

/// <summary>
/// Makes topologies of one kind, always connected. Pure: the same request gives the same list of links, in the same order.
/// A new kind is a class beside this one and a line in <see cref="TopologyCatalog"/>.
/// </summary>
public abstract class TopologyGenerator
{
    /// <summary>Keeps the dice for a topology apart from those of the simulation that has the same seed.</summary>
    private const ulong Salt = 0x746f_706f_6c6f_6779;

    /// <summary>As on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What it is, in half a line.</summary>
    public abstract string Description { get; }

    /// <summary>With fewer boxes it would not be what it is called.</summary>
    public virtual int LeastNodes => 2;

    /// <summary>With more it would be too much.</summary>
    public virtual int MostNodes => 1_000_000;

    /// <exception cref="ArgumentOutOfRangeException">The number of boxes is not between <see cref="LeastNodes"/> and <see cref="MostNodes"/>.</exception>
    public Topology Generate(TopologyRequest request)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Nodes, LeastNodes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Nodes, MostNodes);
        var random = new SeededRandom(request.Seed ^ Salt);
        var draft = new TopologyDraft(request.Nodes);
        Draw(draft, random);
        return new Topology(Name, request.Nodes, Qualify(draft.Edges, request, random)) { Tiers = draft.Tiers };
    }

    private protected abstract void Draw(TopologyDraft draft, RandomSource random);

    /// <summary>Gives the links their quality, exactly the asked part of them a slow one.</summary>
    private static TopologyEdge[] Qualify(IReadOnlyList<(int A, int B)> pairs, TopologyRequest request, RandomSource random)
    {
        var slow = request.Quality with { BitsPerSecond = LinkAttributes.SlowBitsPerSecond };
        var slowLeft = (int)Math.Round(Math.Clamp(request.SlowLinks, 0, 1) * pairs.Count);
        var edges = new TopologyEdge[pairs.Count];
        for (var i = 0; i < edges.Length; i++)
        {
            // So many of the rest: every choice of slow links is as likely as every other.
            var isSlow = slowLeft > 0 && random.Next(edges.Length - i) < slowLeft;
            if (isSlow)
                slowLeft--;
            edges[i] = new TopologyEdge(pairs[i].A, pairs[i].B, isSlow ? slow : request.Quality);
        }

        return edges;
    }
}
