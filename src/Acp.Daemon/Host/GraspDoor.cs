using Acp.Asa;
using Acp.Asa.Embedded;
using Acp.Core.Grasp;
using Acp.Core.Node;
using Acp.Core.Time;
using Acp.Linux.Loop;

namespace Acp.Daemon.Host;

/// <summary>
/// Where programs come to the node's GRASP: one port for all of them, for any thread. A call is posted to the loop, and its
/// answer goes on elsewhere.
/// </summary>
internal sealed class GraspDoor
{
    private readonly EventLoop _loop;
    private readonly NodeShell _shell;
    private readonly Node _node;
    private readonly EnginePort _port;
    private readonly Lock _gate = new();
    private bool _stopped;

    public GraspDoor(EventLoop loop, NodeShell shell, Node node)
    {
        _loop = loop;
        _shell = shell;
        _node = node;
        _port = new EnginePort(node.Grasp.Engine, Run);
    }

    /// <summary>May be shared by any number of ASAs; who owns which handle is for the user to keep apart.</summary>
    public IGraspPort Port => _port;

    /// <summary>A call was answered. On the loop's thread.</summary>
    public void HandleComplete(Instant now, CommandId id, GraspResult result) => _port.HandleComplete(now, id, result);

    /// <summary>The loop has ended: calls that wait, and all that are still made, are answered 16 (noSecurity).</summary>
    public void Stop()
    {
        _port.Stop();
        lock (_gate)
            _stopped = true;
        _loop.RunRemaining();
    }

    private void Run(Action<Instant> work)
    {
        lock (_gate)
        {
            if (_stopped)
            {
                work(BootClock.Now); // which the port answers without the engine
                return;
            }
            _loop.Post(() => _shell.Tell(now => _node.HandleGrasp(now, work)));
        }
    }
}
