using Acp.Core.Grasp;
using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Sim;

/// <summary>One end of a <see cref="VirtualPipe"/>, in one life of a node.</summary>
public sealed class VirtualPipeEnd(VirtualNode node, Action<AcpGrasp, Instant, ByteString> message, Action<AcpGrasp, Instant> closed)
{
    private readonly int _life = node.Life;

    public Action<AcpGrasp, Instant, ByteString> Message { get; } = message;

    public Action<AcpGrasp, Instant> Closed { get; } = closed;

    public bool HasClosed { get; set; }

    public bool IsAlive => node.IsRunning && node.Life == _life;

    public void Tell(Action<AcpGrasp, Instant> happen)
    {
        if (IsAlive)
            node.Tell((n, now) => n.HandleGrasp(now, at => happen(n.Grasp, at)));
    }
}
