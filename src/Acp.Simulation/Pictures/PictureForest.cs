using Acp.Simulation.Topologies;

namespace Acp.Simulation.Pictures;

/// <summary>
/// The trees that a picture is laid out by: each box below its preferred parent; who has none, or whose parents lead in a circle,
/// below a neighbour by the shortest way, so that a network without any DODAG has a shape as well.
/// </summary>
public sealed class PictureForest
{
    private readonly List<int>[] _children;
    private readonly int[] _depths;

    public PictureForest(Topology topology, IReadOnlyList<PictureBox> boxes)
    {
        _children = new List<int>[topology.Nodes];
        _depths = new int[topology.Nodes];
        Array.Fill(_depths, -1);
        for (var i = 0; i < _children.Length; i++)
            _children[i] = [];
        var below = Below(boxes);
        var neighbors = Neighbors(topology);
        for (var i = 0; i < boxes.Count; i++)
        {
            if (boxes[i].State == PictureBoxState.Root)
                Plant(i, below, neighbors: null);
        }

        // The rest hangs on what is planted, by its links; what is apart from all becomes trees of its own.
        var queue = new Queue<int>(Order);
        for (var i = 0; ; i++)
        {
            Spread(queue, neighbors);
            while (i < boxes.Count && _depths[i] >= 0)
                i++;
            if (i >= boxes.Count)
                break;
            Plant(i, below: null, neighbors);
        }
    }

    /// <summary>The tops of the trees.</summary>
    public List<int> Roots { get; } = [];

    /// <summary>Every box once, parents before their children.</summary>
    public List<int> Order { get; } = [];

    /// <summary>Levels, the top one included.</summary>
    public int Levels { get; private set; }

    public IReadOnlyList<int> ChildrenOf(int box) => _children[box];

    public int DepthOf(int box) => _depths[box];

    /// <summary>How many boxes have nothing below them.</summary>
    public int Leaves => _children.Count(c => c.Count == 0);

    private void Plant(int root, List<int>[]? below, List<int>[]? neighbors)
    {
        Roots.Add(root);
        Place(root, 0);
        Spread(new Queue<int>([root]), below ?? neighbors!);
    }

    private void Spread(Queue<int> queue, List<int>[] next)
    {
        while (queue.TryDequeue(out var at))
        {
            foreach (var box in next[at])
            {
                if (_depths[box] >= 0)
                    continue;
                _children[at].Add(box);
                Place(box, _depths[at] + 1);
                queue.Enqueue(box);
            }
        }
    }

    private void Place(int box, int depth)
    {
        _depths[box] = depth;
        Levels = Math.Max(Levels, depth + 1);
        Order.Add(box);
    }

    private static List<int>[] Below(IReadOnlyList<PictureBox> boxes)
    {
        var below = Lists(boxes.Count);
        for (var i = 0; i < boxes.Count; i++)
        {
            if (boxes[i].Parent is { } parent)
                below[parent].Add(i);
        }

        return below;
    }

    private static List<int>[] Neighbors(Topology topology)
    {
        var neighbors = Lists(topology.Nodes);
        foreach (var edge in topology.Edges)
        {
            neighbors[edge.A].Add(edge.B);
            neighbors[edge.B].Add(edge.A);
        }

        return neighbors;
    }

    private static List<int>[] Lists(int count)
    {
        var lists = new List<int>[count];
        for (var i = 0; i < count; i++)
            lists[i] = [];
        return lists;
    }
}
