using Acp.Asa.Embedded;
using Acp.Core.Grasp;
using Acp.Core.Time;
using Acp.Wire.Grasp;

namespace Acp.Tests.GraspEngineRoom;

/// <summary>
/// The product's <see cref="SimulatedGrasp"/> for tests that look behind the API: engines of any kind and with options of their own, on
/// channels or multicast links, and all that each of them says, notes and answers.
/// </summary>
internal sealed class TestNetwork
{
    private readonly SimulatedGrasp _simulated;
    private readonly GraspOptions _options;

    public TestNetwork(ulong seed = 1, GraspOptions? options = null)
    {
        _options = options ?? new GraspOptions();
        _simulated = new SimulatedGrasp(seed)
        {
            Acting = (node, action) => Nodes[node.Number].Note(action),
            Noted = (node, fact) => Nodes[node.Number].Facts.Add(fact),
        };
    }

    /// <summary>A stray look at a real clock would show at once.</summary>
    public Instant Now => _simulated.Now;

    public List<TestNode> Nodes { get; } = [];

    /// <summary>Of the datagrams on every multicast link there is.</summary>
    public double Loss
    {
        set
        {
            foreach (var link in _simulated.Links)
                link.Loss = value;
        }
    }

    /// <summary>Datagrams on multicast links overtake each other.</summary>
    public bool Reorder
    {
        set => _simulated.Jitter = value ? TimeSpan.FromMilliseconds(20) : TimeSpan.Zero;
    }

    public TestNode Add(GraspOptions? own = null)
    {
        var node = new TestNode(this, Nodes.Count);
        // The engine has something to say when it is told its address.
        Nodes.Add(node);
        node.Simulated = _simulated.AddNode(own ?? _options);
        return node;
    }

    public TestNode[] Add(int count) => [.. Enumerable.Range(0, count).Select(_ => Add())];

    public void Link(GraspInterfaceKind kind, params TestNode[] nodes) => _simulated.Link(kind, [.. nodes.Select(n => n.Simulated)]);

    public static TestNetwork Line(int count, GraspInterfaceKind kind = GraspInterfaceKind.Channel, GraspOptions? options = null, ulong seed = 1)
    {
        var network = new TestNetwork(seed, options);
        var nodes = network.Add(count);
        for (var i = 1; i < count; i++)
            network.Link(kind, nodes[i - 1], nodes[i]);
        return network;
    }

    public static TestNetwork Ring(int count, GraspInterfaceKind kind = GraspInterfaceKind.Channel)
    {
        var network = Line(count, kind);
        network.Link(kind, network.Nodes[^1], network.Nodes[0]);
        return network;
    }

    public void Advance(TimeSpan time, Func<bool>? until = null)
    {
        // A test may have told an engine something that the network does not know of.
        foreach (var node in _simulated.Nodes)
            _simulated.Arm(node);
        _simulated.Advance(time, until);
    }

    public void Perform(TestNode node) => _simulated.Perform(node.Simulated);
}
