using Acp.Core.Grasp;
using Acp.Core.Time;
using Acp.Simulation.Network;
using Acp.Wire;

namespace Acp.Simulation.Grasp;

/// <summary>One end of a <see cref="SimulatedPipe"/>, in one life of a node.</summary>
internal sealed class SimulatedPipeEnd(SimulatedNode node, Action<AcpGrasp, Instant, ByteString> message, Action<AcpGrasp, Instant> closed)
{
    private readonly int _life = node.Life;

    public SimulatedNode Node => node;

    public bool HasClosed { get; set; }

    public bool IsAlive => node.IsRunning && node.Life == _life;

    public void Message(ByteString bytes) => Tell((grasp, now) => message(grasp, now, bytes));

    public void Closed() => Tell(closed);

    public void Tell(Action<AcpGrasp, Instant> happen)
    {
        if (IsAlive)
            node.HandleGrasp(happen);
    }
}
