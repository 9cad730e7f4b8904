using Acp.Simulation.Topologies;

namespace Acp.Simulation.Pictures;

/// <summary>
/// Where boxes go. Chains lie in rows that turn at their ends, rings and small worlds on a circle, grids and fabrics as one draws
/// them; everything else by depth in its DODAG: from the top down while it is small, in circles around the root when it is not.
/// No forces, no iteration: the same network looks the same in every picture.
/// </summary>
internal static class PictureLayout
{
    /// <summary>Between the middles of two boxes.</summary>
    private const double Gap = 22;

    private const double WideGap = 46;

    /// <summary>By how much circles are wider when boxes have labels.</summary>
    private const double RoomForLabels = 1.4;

    /// <summary>Levels of a tree and tiers of a fabric.</summary>
    private const double Level = 70;

    /// <summary>With more leaves a tree is drawn in circles.</summary>
    private const int MostLeavesAcross = 30;

    /// <param name="labels">There will be text beside the boxes: circles leave room for it.</param>
    public static PicturePoint[] Lay(Topology topology, PictureForest forest, bool labels) => topology.Name switch
    {
        "line" => Rows(topology.Nodes),
        "grid" => Grid(topology.Nodes),
        "ring" or "small-world" => Circle(topology.Nodes, labels ? RoomForLabels : 1),
        "leaf-spine" or "fat-tree" when topology.Tiers is { } tiers => Tiers(tiers),
        _ => forest.Leaves <= MostLeavesAcross && forest.Levels <= MostLeavesAcross ? TopDown(forest) : Radial(forest, labels ? RoomForLabels : 1),
    };

    private static PicturePoint[] Rows(int nodes)
    {
        var points = new PicturePoint[nodes];
        var width = Math.Max(12, (int)Math.Ceiling(Math.Sqrt(nodes * 1.6)));
        for (var i = 0; i < nodes; i++)
        {
            var (row, column) = (i / width, i % width);
            points[i] = new PicturePoint((row % 2 == 0 ? column : width - 1 - column) * WideGap, row * WideGap);
        }

        return points;
    }

    private static PicturePoint[] Grid(int nodes)
    {
        var width = GridTopology.WidthOf(nodes);
        var points = new PicturePoint[nodes];
        for (var i = 0; i < nodes; i++)
            points[i] = new PicturePoint(i % width * WideGap, i / width * WideGap);
        return points;
    }

    private static PicturePoint[] Circle(int nodes, double room)
    {
        var radius = Math.Max(120, nodes * Gap * room / Math.Tau);
        var points = new PicturePoint[nodes];
        for (var i = 0; i < nodes; i++)
            points[i] = OnCircle(radius, Math.Tau * i / nodes);
        return points;
    }

    /// <summary>A tier is a row, evenly spread; one that would be much wider than the picture is high becomes several.</summary>
    private static PicturePoint[] Tiers(IReadOnlyList<int> tiers)
    {
        var members = new SortedDictionary<int, List<int>>();
        for (var i = 0; i < tiers.Count; i++)
        {
            if (!members.TryGetValue(tiers[i], out var tier))
                members.Add(tiers[i], tier = []);
            tier.Add(i);
        }

        var across = Math.Max(24, (int)(2.5 * Math.Sqrt(tiers.Count)));
        var width = Math.Min(across, members.Values.Max(m => m.Count)) * Gap * 1.4;
        var points = new PicturePoint[tiers.Count];
        var y = 0.0;
        foreach (var tier in members.Values)
        {
            var rows = (tier.Count + across - 1) / across;
            var inRow = (tier.Count + rows - 1) / rows;
            for (var i = 0; i < tier.Count; i++)
            {
                var row = i / inRow;
                // Rows of one tier are shifted against each other, so that links of the upper ones stay visible.
                var column = (i % inRow) + 0.5 + (rows > 1 && row % 2 == 1 ? 0.5 : 0);
                points[tier[i]] = new PicturePoint(column * width / inRow, y + (row * Gap * 1.4));
            }

            y += (rows * Gap * 1.4) + (Level * 1.5);
        }

        return points;
    }

    private static PicturePoint[] TopDown(PictureForest forest)
    {
        var points = new PicturePoint[forest.Order.Count];
        var nextLeaf = 0.0;
        foreach (var root in forest.Roots)
            Place(root);
        return points;

        // At most MostLeavesAcross deep.
        void Place(int box)
        {
            var children = forest.ChildrenOf(box);
            foreach (var child in children)
                Place(child);
            var x = children.Count > 0 ? (points[children[0]].X + points[children[^1]].X) / 2 : nextLeaf++ * WideGap;
            points[box] = new PicturePoint(x, forest.DepthOf(box) * Level);
        }
    }

    /// <summary>
    /// Circles of equal depth, each as far out as those within it need room; a box's sector is as wide as what is below it needs. When
    /// all sectors together are more than a circle, every radius grows by as much.
    /// </summary>
    private static PicturePoint[] Radial(PictureForest forest, double room)
    {
        // Several trees have a middle that is nobody, and their roots on the first circle.
        var shift = forest.Roots.Count > 1 ? 1 : 0;
        var radii = Radii(forest, shift);
        var sectors = new double[forest.Order.Count];
        for (var i = forest.Order.Count - 1; i >= 0; i--)
        {
            var box = forest.Order[i];
            var radius = radii[forest.DepthOf(box) + shift];
            sectors[box] = Math.Max(radius > 0 ? Gap / radius : 0, forest.ChildrenOf(box).Sum(c => sectors[c]));
        }

        var all = forest.Roots.Sum(r => sectors[r]);
        var growth = Math.Max(1, all / Math.Tau) * room;
        var points = new PicturePoint[forest.Order.Count];
        var starts = new double[forest.Order.Count];
        var angle = 0.0;
        foreach (var root in forest.Roots)
        {
            starts[root] = angle;
            angle += sectors[root];
        }

        // Less than a whole circle is spread over it.
        var stretch = all > 0 ? Math.Tau / all : 0;
        foreach (var box in forest.Order)
        {
            points[box] = OnCircle(radii[forest.DepthOf(box) + shift] * growth, (starts[box] + (sectors[box] / 2)) * stretch);
            var children = forest.ChildrenOf(box);
            var start = starts[box] + ((sectors[box] - children.Sum(c => sectors[c])) / 2);
            foreach (var child in children)
            {
                starts[child] = start;
                start += sectors[child];
            }
        }

        return points;
    }

    private static double[] Radii(PictureForest forest, int shift)
    {
        var counts = new int[forest.Levels + shift];
        foreach (var box in forest.Order)
            counts[forest.DepthOf(box) + shift]++;
        var radii = new double[counts.Length];
        var within = counts[0];
        for (var depth = 1; depth < radii.Length; depth++)
        {
            within += counts[depth];
            radii[depth] = Math.Max(radii[depth - 1] + (Gap * 1.3), Gap * 0.9 * Math.Sqrt(within));
        }

        return radii;
    }

    private static PicturePoint OnCircle(double radius, double angle) =>
        new(radius * Math.Sin(angle), -radius * Math.Cos(angle));
}
