using Acp.Asa;
using Acp.Asa.Embedded;
using Acp.Core;
using Acp.Core.Grasp;
using Acp.Core.Identity;
using Acp.Linux.Crypto;
using Acp.Linux.Grasp;
using Acp.Linux.Loop;
using Acp.Linux.Namespaces;
using Acp.Linux.Tls;

namespace Acp.Daemon.Bench;

/// <summary>An ACP node's GRASP without the rest of the node: an engine on the ACP's substrate, whose unicast is TLS.</summary>
internal sealed class GraspBenchTlsNode : IAsyncDisposable
{
    // The benchmark's two ends are one peer to each other, and shake as many hands at once as it has calls.
    private const int HandshakesAtOnce = 256;

    private readonly NetworkNamespace _where = NetworkNamespace.OpenCurrent();
    private readonly EventLoop _loop = new();
    private readonly TlsContext _tls;
    private readonly AcpGrasp _grasp;
    private readonly AcpSubstrate _substrate;
    private readonly EnginePort _port;
    private readonly Thread _thread;
    private bool _settling;

    /// <param name="identity">Whose address is on an interface; not owned.</param>
    public GraspBenchTlsNode(NodeIdentity identity, ushort port, TimeSpan keepStreams)
    {
        _tls = new TlsContext(identity, () => DateTimeOffset.UtcNow);
        _grasp = new AcpGrasp(new GraspOptions { KeepStreams = keepStreams }, new FloodingOptions(), new OsRandom());
        var options = new AcpSubstrateOptions
        {
            AcpAddress = identity.Address,
            Port = port,
            MaxAcceptedPerPeer = HandshakesAtOnce,
            MaxHandshakes = HandshakesAtOnce,
            MaxHandshakesPerPeer = HandshakesAtOnce,
        };
        _substrate = new AcpSubstrate(_loop, _where, options, _grasp, _tls, Settle);
        _port = new EnginePort(_grasp.Engine, work => _loop.Post(() =>
        {
            work(BootClock.Now);
            Settle();
        }));
        Api = new GraspApi(_port);
        _grasp.Engine.SetAddress(BootClock.Now, identity.Address, port);
        _grasp.Engine.SetOperational(BootClock.Now, true);
        _thread = new Thread(() => _loop.Run(() => Core.Time.Instant.Earlier(_grasp.NextDeadline, _substrate.NextDeadline), HandleTime)) { Name = "grasp" };
        _thread.Start();
    }

    public GraspApi Api { get; }

    public ValueTask DisposeAsync()
    {
        _loop.Stop();
        _thread.Join();
        _substrate.Dispose();
        _tls.Dispose();
        _loop.Dispose();
        _where.Dispose();
        return ValueTask.CompletedTask;
    }

    private void HandleTime(Core.Time.Instant now)
    {
        _grasp.HandleTime(now);
        _substrate.HandleTime(now);
        Settle();
    }

    private void Settle()
    {
        _grasp.Settle(BootClock.Now);
        if (_settling)
            return;
        _settling = true;
        while (_grasp.Actions.TryTake(out var action))
        {
            if (action is GraspAction.Complete complete)
                _port.HandleComplete(BootClock.Now, complete.Command, complete.Result);
            else
                _substrate.Perform(action);
        }
        _settling = false;
        _grasp.Facts.Drain();
    }
}
