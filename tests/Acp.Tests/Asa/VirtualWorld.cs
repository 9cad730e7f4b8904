using Acp.Asa;
using Acp.Asa.Embedded;
using Acp.Core.Grasp;

namespace Acp.Tests.AsaRoom;

/// <summary>Two engines on virtual time: everything happens on this thread, and in the same order each time.</summary>
internal sealed class VirtualWorld(GraspOptions? options) : World
{
    private readonly SimulatedGrasp _network = SimulatedGrasp.Line(2, options: options);

    public override GraspApi Left => _network.Nodes[0].Api;

    public override GraspApi Right => _network.Nodes[1].Api;

    public override Task Run(Task task)
    {
        _network.Advance(TimeSpan.FromMinutes(1), () => task.IsCompleted);
        Assert.True(task.IsCompleted, "not within a virtual minute");
        return task;
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
