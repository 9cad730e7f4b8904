using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Acp.Simulation.Pictures;
using Acp.Simulation.Topologies;

namespace Acp.Tests.Simulator;

/// <summary>The picture is XML, and has each box and each link once, somewhere within it.</summary>
public class TopologyPictureTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static TheoryData<string, int> Kinds()
    {
        var data = new TheoryData<string, int>();
        foreach (var kind in TopologyCatalog.All)
        {
            data.Add(kind.Name, Math.Max(7, kind.LeastNodes));
            data.Add(kind.Name, 120);
            data.Add(kind.Name, Math.Min(kind.MostNodes, 500));
        }

        data.Add("random-tree", 10_000);
        data.Add("random", 10_000);
        data.Add("line", 10_000);
        return data;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void It_has_one_circle_for_each_box_and_one_line_for_each_link(string kind, int nodes)
    {
        Assert.True(TopologyCatalog.TryFind(kind, out var generator));
        var topology = generator.Generate(new TopologyRequest(nodes, 1));
        var boxes = Joined(topology);
        var root = Parse(TopologyPicture.Draw(kind, "as it is", topology, boxes, Links(topology, boxes)));
        AssertWhole(root, topology);

        // No two boxes lie on each other.
        var places = root.Elements(Svg + "circle").Select(c => (Number(c, "cx"), Number(c, "cy"))).ToList();
        var clashes = 0;
        foreach (var near in places.GroupBy(p => ((int)(p.Item1 / 8), (int)(p.Item2 / 8))))
            clashes += near.SelectMany((a, i) => near.Skip(i + 1).Select(b => Math.Abs(a.Item1 - b.Item1) + Math.Abs(a.Item2 - b.Item2))).Count(d => d < 7);
        Assert.Equal(0, clashes);
    }

    [Fact]
    public void States_are_told_by_class_and_counted_in_the_legend()
    {
        var topology = new Topology("file", 4, [.. new[] { (0, 1), (1, 2), (2, 3), (3, 0) }.Select(p => new TopologyEdge(p.Item1, p.Item2, new()))]);
        PictureBox[] boxes =
        [
            new("r", PictureBoxState.Root, null), new("j", PictureBoxState.Joined, 0, "rank 1024"),
            new("a", PictureBoxState.Alone, null), new("o", PictureBoxState.Off, null),
        ];
        var root = Parse(TopologyPicture.Draw(
            "t", "s", topology, boxes, [PictureLinkState.Parent, PictureLinkState.Channel, PictureLinkState.Idle, PictureLinkState.Dead]));
        Assert.Equal(["root", "joined", "alone", "off"], root.Elements(Svg + "circle").Select(c => c.Attribute("class")!.Value));
        Assert.Equal("j: joined, 1 hops deep, rank 1024", root.Elements(Svg + "circle").ElementAt(1).Element(Svg + "title")!.Value);
        foreach (var style in new[] { "parent", "channel", "idle", "dead" })
            Assert.Single(root.Elements(Svg + "g").Single(g => g.Attribute("class")!.Value == style).Elements(Svg + "line"));
        var words = root.Elements(Svg + "text").Select(t => t.Value).ToList();
        Assert.All(
            ["root 1", "joined 1", "alone 1", "off 1", "to the preferred parent 1", "other channel 1", "no channel 1", "dead link 1", "t", "s"],
            expected => Assert.Contains(expected, words));
    }

    [Fact]
    public void Names_from_a_file_cannot_break_it()
    {
        var topology = new Topology("<\"&'>", 2, [new TopologyEdge(0, 1, new())]);
        PictureBox[] boxes = [new("<script>\u0001&amp;", PictureBoxState.Alone, null), new("]]>\ud800\uffff", PictureBoxState.Alone, null)];
        var root = Parse(TopologyPicture.Draw("a<b", "c&d", topology, boxes, [PictureLinkState.Idle]));
        AssertWhole(root, topology);
        Assert.Contains("<script>\ufffd&amp;", root.Elements(Svg + "text").Select(t => t.Value));
    }

    [Fact]
    public void Parents_in_a_circle_and_parts_without_a_root_are_drawn_as_well()
    {
        var topology = new Topology("file", 6, [.. new[] { (0, 1), (1, 2), (2, 0), (3, 4) }.Select(p => new TopologyEdge(p.Item1, p.Item2, new()))]);
        PictureBox[] boxes =
        [
            new("0", PictureBoxState.Joined, 1), new("1", PictureBoxState.Joined, 2), new("2", PictureBoxState.Joined, 0),
            new("3", PictureBoxState.Alone, null), new("4", PictureBoxState.Alone, null), new("5", PictureBoxState.Off, null),
        ];
        AssertWhole(Parse(TopologyPicture.Draw("t", "s", topology, boxes, Links(topology, boxes))), topology);
        var forest = new PictureForest(topology, boxes);
        Assert.Equal([0, 3, 5], forest.Roots);
        Assert.Equal(6, forest.Order.Distinct().Count());
    }

    private static PictureBox[] Joined(Topology topology)
    {
        var alone = Enumerable.Range(0, topology.Nodes).Select(i => new PictureBox($"n{i}", i == 0 ? PictureBoxState.Root : PictureBoxState.Alone, null)).ToArray();
        var forest = new PictureForest(topology, alone);
        var boxes = alone.ToArray();
        foreach (var parent in forest.Order)
        {
            foreach (var child in forest.ChildrenOf(parent))
                boxes[child] = new PictureBox($"n{child}", PictureBoxState.Joined, parent);
        }

        return boxes;
    }

    private static PictureLinkState[] Links(Topology topology, PictureBox[] boxes) =>
        [.. topology.Edges.Select(e => boxes[e.A].Parent == e.B || boxes[e.B].Parent == e.A ? PictureLinkState.Parent : PictureLinkState.Channel)];

    private static XElement Parse(string svg)
    {
        using var reader = XmlReader.Create(new StringReader(svg), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        return XDocument.Load(reader).Root!;
    }

    private static void AssertWhole(XElement root, Topology topology)
    {
        Assert.Equal(Svg + "svg", root.Name);
        Assert.Equal(topology.Nodes, root.Elements(Svg + "circle").Count());
        Assert.Equal(topology.Edges.Count, root.Elements(Svg + "g").Elements(Svg + "line").Count());
        var (width, height) = (Number(root, "width"), Number(root, "height"));
        Assert.All(root.Elements(Svg + "circle"), c =>
        {
            Assert.InRange(Number(c, "cx"), 0, width);
            Assert.InRange(Number(c, "cy"), 0, height);
        });
    }

    private static double Number(XElement element, string attribute) =>
        double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);
}
