using Acp.Core;
using Acp.Simulation;
using Acp.Simulation.Topologies;

namespace Acp.Tests.Simulator;

/// <summary>Files of edges: pairs and GraphML, and what is said about those that are neither.</summary>
public class TopologyFileTests
{
    private const string Zoo = """
        <?xml version="1.0" encoding="utf-8"?>
        <!-- as the Topology Zoo has it -->
        <graphml xmlns="http://graphml.graphdrawing.org/xmlns">
          <key attr.name="LinkSpeedRaw" attr.type="double" for="edge" id="d36" />
          <key attr.name="label" attr.type="string" for="node" id="d32" />
          <key attr.name="latency" attr.type="string" for="edge" id="d1" />
          <key attr.name="Note" attr.type="string" for="edge" id="d2" />
          <graph edgedefault="undirected">
            <node id="0"><data key="d32">K&#xF8;benhavn &amp; omegn</data></node>
            <edge source="0" target="1"><data key="d36">100000000.0</data><data key="d2"><![CDATA[<dark> fibre]]></data></edge>
            <node id="1"><data key="d32">Aarhus</data></node>
            <node id="2"/>
            <edge source='2' target='1'><data key="d1">12ms</data></edge>
          </graph>
        </graphml>
        """;

    private static readonly LinkQuality Preset = new() { Loss = 0.01 };

    [Fact]
    public void Pairs_with_attributes_and_comments()
    {
        var topology = Read("""
            # three boxes
            paris lyon                 # the main line
            lyon  nice  latency=12.5ms loss=2% bandwidth=100M mtu=1400
            lyon	nice jitter=250us duplication=0.001 reordering=1

            """);
        Assert.Equal(["paris", "lyon", "nice"], topology.Labels);
        Assert.Equal(
            [
                new TopologyEdge(0, 1, Preset),
                new TopologyEdge(1, 2, Preset with { Latency = TimeSpan.FromMilliseconds(12.5), Loss = 0.02, BitsPerSecond = 100_000_000, Mtu = 1400 }),
                new TopologyEdge(1, 2, Preset with { Jitter = TimeSpan.FromMicroseconds(250), Duplication = 0.001, Reordering = 1 }),
            ],
            topology.Edges);
    }

    [Fact]
    public void GraphML_with_labels_speeds_and_nodes_after_their_edges()
    {
        var topology = Read(Zoo);
        Assert.Equal(["København & omegn", "Aarhus", "2"], topology.Labels);
        Assert.Equal(
            [
                new TopologyEdge(0, 1, Preset with { BitsPerSecond = 100_000_000 }),
                new TopologyEdge(2, 1, Preset with { Latency = TimeSpan.FromMilliseconds(12) }),
            ],
            topology.Edges);
    }

    [Theory]
    [InlineData("a b\nc", 2, "'c' stands alone: a line names two boxes, and then attributes such as latency=5ms")]
    [InlineData("a b\n\n# x\nb b", 4, "'b' cannot have a link to itself")]
    [InlineData("a b fast", 1, "'fast' is no attribute such as latency=5ms")]
    [InlineData("a b colour=red", 1, "'colour' is none of latency, jitter, loss, duplication, reordering, bandwidth, mtu")]
    [InlineData("a b loss=101%", 1, "loss: '101%' is not a part of all packets such as 0.05 or 5%")]
    [InlineData("a b loss=-1", 1, "loss: '-1' is not a part of all packets such as 0.05 or 5%")]
    [InlineData("a b latency=5", 1, "latency: '5' is not a delay of at most a minute such as 250us, 5ms or 1.5s")]
    [InlineData("a b latency=61s", 1, "latency: '61s' is not a delay of at most a minute such as 250us, 5ms or 1.5s")]
    [InlineData("a b latency=ms", 1, "latency: 'ms' is not a delay of at most a minute such as 250us, 5ms or 1.5s")]
    [InlineData("a b bandwidth=0", 1, "bandwidth: '0' is not bits per second such as 64k, 100M or 1G")]
    [InlineData("a b mtu=576", 1, "mtu: '576' is not a number from 1280 to 65535")]
    [InlineData("# nothing", 1, "there is no box in it")]
    [InlineData("", 1, "there is no box in it")]
    public void Pairs_that_are_wrong(string text, int line, string reason) => AssertRefused(text, line, reason);

    [Theory]
    [InlineData("<html>", 1, "<html> is no GraphML, which begins with <graphml>")]
    [InlineData("<!DOCTYPE x [<!ENTITY a 'b'>]>\n<graphml/>", 1, "document types are not read")]
    [InlineData("<graphml>\n<graph>\n<node/>", 3, "a <node> has no id")]
    [InlineData("<graphml><graph>\n<node id='a'/>\n<node id='a'/>", 3, "there are two nodes 'a'")]
    [InlineData("<graphml><graph>\n<node id='a'/>\n<edge source='a' target='b'/></graph></graphml>\n", 3, "there is no node 'b'")]
    [InlineData("<graphml><graph>\n<node id='a'/>\n<edge source='a' target='a'/></graph></graphml>", 3, "'a' cannot have a link to itself")]
    [InlineData("<graphml><graph>\n<node id='a'/>\n<edge source='a'/>", 3, "an <edge> has no source or no target")]
    [InlineData("<graphml><graph>\n<hyperedge/>", 2, "a <hyperedge> may join more than two boxes, and a link joins two")]
    [InlineData("<graphml><graph>\n</graphml>", 2, "</graphml> closes nothing that is open")]
    [InlineData("<graphml>\n<graph>", 2, "the file ends within <graph>")]
    [InlineData("<graphml><graph>\n<node id=a/>", 2, "the attribute 'id' of 'node' has no value in quotes")]
    [InlineData("<graphml><graph>\n<node id='a' id='b'/>", 2, "the tag 'node' has the attribute 'id' twice")]
    [InlineData("<graphml><graph>\n<node id='&a;'/>", 2, "there is an entity that is not known")]
    [InlineData("<graphml>\n<!-- ", 2, "a comment has no end")]
    [InlineData("<graphml>\n< graph>", 2, "a '<' begins no tag")]
    [InlineData("<graphml></graphml>\n", 2, "there is no box in it")]
    [InlineData("<graphml></graphml>\nmore", 2, "there is text outside of <graphml>")]
    [InlineData("<graphml><key id='k' attr.name='loss'/><graph><node id='a'/><node id='b'/><edge source='a' target='b'>\n<data key='k'>much</data></edge>", 2, "loss: 'much' is not a part of all packets such as 0.05 or 5%")]
    public void GraphML_that_is_wrong(string text, int line, string reason) => AssertRefused(text, line, reason);

    [Fact]
    public void A_file_cut_short_is_refused_wherever_it_is_cut()
    {
        // The last ten characters are the closing tag: until then the file ends within something.
        for (var length = 0; length < Zoo.TrimEnd().Length; length++)
        {
            Assert.False(TopologyFile.TryRead("zoo", Zoo[..length], Preset, out _, out var error), Zoo[..length]);
            Assert.InRange(error.Line, 1, 20);
        }
    }

    [Fact]
    public void Damaged_files_are_taken_or_refused_and_never_worse()
    {
        var random = new SeededRandom(5);
        var taken = 0;
        for (var round = 0; round < 5000; round++)
        {
            var damaged = Zoo.ToCharArray();
            for (var i = 0; i <= random.Next(3); i++)
                damaged[random.Next(damaged.Length)] = "<>&'\"/ =ad0\n\0"[random.Next(13)];
            if (TopologyFile.TryRead("zoo", new string(damaged), Preset, out var topology, out var error))
                taken++;
            else
                Assert.NotEmpty(error.Reason);
            Assert.True(topology is null ^ error is null);
        }

        Assert.InRange(taken, 1, 4999);
    }

    private static Topology Read(string text)
    {
        Assert.True(TopologyFile.TryRead("file", text, Preset, out var topology, out var error), error?.ToString());
        Assert.Equal("file", topology.Name);
        return topology;
    }

    private static void AssertRefused(string text, int line, string reason)
    {
        Assert.False(TopologyFile.TryRead("net.txt", text, Preset, out var topology, out var error));
        Assert.Null(topology);
        Assert.Equal(new FileError("net.txt", line, reason), error);
        Assert.Equal($"net.txt, line {line}: {reason}", error.ToString());
    }
}
