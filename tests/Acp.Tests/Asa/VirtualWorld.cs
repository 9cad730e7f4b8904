using Acp.Asa;
using Acp.Asa.Embedded;
using Acp.Core.Grasp;
using Acp.Tests.GraspEngineRoom;

namespace Acp.Tests.AsaRoom;

/// <summary>Two engines on virtual time: everything happens on this thread, and in the same order each time.</summary>
internal sealed class VirtualWorld : World
{
    private readonly TestNetwork _network;

    public VirtualWorld(GraspOptions? options)
    {
        _network = TestNetwork.Line(2, GraspInterfaceKind.Multicast, options ?? new GraspOptions { Kind = GraspInstanceKind.Standalone });
        Left = Door(_network.Nodes[0]);
        Right = Door(_network.Nodes[1]);
    }

    public override GraspApi Left { get; }

    public override GraspApi Right { get; }

    public override Task Run(Task task)
    {
        _network.Advance(TimeSpan.FromMinutes(1), () => task.IsCompleted);
        Assert.True(task.IsCompleted, "not within a virtual minute");
        return task;
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private GraspApi Door(TestNode node)
    {
        node.Port = new EnginePort(node.Engine, work =>
        {
            work(_network.Now);
            _network.Perform(node);
        }, inline: true);
        return new GraspApi(node.Port);
    }
}
