using Acp.Core.Grasp;
using Acp.Core.Time;
using Acp.Linux.Crypto;
using Acp.Linux.Grasp;
using Acp.Linux.Loop;
using Acp.Linux.Namespaces;

namespace Acp.Asa.Embedded;

/// <summary>
/// A GRASP engine of one's own in this process, on a network that is trusted as it is: nothing is encrypted, nobody is
/// authenticated, and whoever is on the link may take part (RFC 8990 §2.5.1 and §3). Needs CAP_NET_RAW.
/// <code>
/// await using var grasp = GraspNode.Start();
/// await using var asa = await grasp.RegisterAsaAsync("Gray");
/// </code>
/// </summary>
public sealed class GraspNode : IAsyncDisposable
{
    private readonly EventLoop _loop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly GraspEngine _engine;
    private readonly EnginePort _port;
    private readonly Lock _gate = new();
    private StandaloneSubstrate? _substrate;
    private bool _stopped;
    private int _disposed;

    private GraspNode(GraspNodeOptions options)
    {
        _engine = new GraspEngine(options.Engine with
        {
            Kind = GraspInstanceKind.Standalone,
            // In QUADS whoever gets two messages at once can read neither (graspy, quirk 3).
            KeepStreams = options.Network.InsecureQuads is null ? options.Engine.KeepStreams : TimeSpan.Zero,
        }, new OsRandom());
        _port = new EnginePort(_engine, RunOnLoop);
        Api = new GraspApi(_port);
    }

    /// <summary>The engine itself, for whoever lets others use it.</summary>
    public IGraspPort Engine => _port;

    /// <summary>Where ASAs register.</summary>
    public GraspApi Api { get; }

    /// <summary>The TCP port where others reach us.</summary>
    public ushort Port { get; private set; }

    /// <summary>Datagrams that our QUADS key, if we have one, does not fit.</summary>
    public long UndecryptableCount => _substrate?.Undecryptable ?? 0;

    /// <summary>Starts an engine. Interfaces that come later are used when they are there.</summary>
    /// <exception cref="Acp.Linux.Sockets.SocketSetupException">The port is taken.</exception>
    public static GraspNode Start(GraspNodeOptions? options = null)
    {
        var chosen = options ?? new GraspNodeOptions();
        var node = new GraspNode(chosen);
        var where = chosen.Namespace is null ? NetworkNamespace.OpenCurrent() : null;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => node.Run(chosen.Namespace ?? where!, where, chosen.Network, started))
        {
            Name = "grasp",
            IsBackground = true,
        };
        thread.Start();
        started.Task.GetAwaiter().GetResult();
        return node;
    }

    /// <summary>register_asa: see <see cref="GraspApi.RegisterAsaAsync"/>.</summary>
    public Task<GraspAsa> RegisterAsaAsync(string name, CancellationToken cancel = default) => Api.RegisterAsaAsync(name, cancel);

    /// <summary>Looks at the engine on its own thread. <paramref name="look"/> must not change it.</summary>
    /// <exception cref="InvalidOperationException">The node has ended.</exception>
    public Task<T> InspectAsync<T>(Func<GraspEngine, T> look)
    {
        lock (_gate)
        {
            if (_stopped)
                throw new InvalidOperationException("the node has ended");
            return _loop.InvokeAsync(() => look(_engine));
        }
    }

    /// <summary>Ends all sessions and calls, and the engine.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            _loop.Stop();
        await _ended.Task.ConfigureAwait(false);
        _loop.Dispose();
    }

    private void RunOnLoop(Action<Instant> work)
    {
        lock (_gate)
        {
            if (_stopped)
            {
                work(BootClock.Now); // which the port answers without the engine
                return;
            }
            _loop.Post(() =>
            {
                work(BootClock.Now);
                _substrate?.Settle();
            });
        }
    }

    private void Run(NetworkNamespace where, NetworkNamespace? owned, StandaloneOptions network, TaskCompletionSource started)
    {
        using (where.Enter())
        {
            if (TryStart(where, network, started))
            {
                // What escapes from here ends the process: state that nobody understands is not worked on any further.
                _loop.Run(NextDeadline, HandleTime);
                _port.Stop();
                lock (_gate)
                    _stopped = true;
                _loop.RunRemaining();
                _substrate!.Dispose();
            }
        }
        owned?.Dispose();
        _ended.TrySetResult();
    }

    private bool TryStart(NetworkNamespace where, StandaloneOptions network, TaskCompletionSource started)
    {
        try
        {
            _substrate = new StandaloneSubstrate(_loop, where, network, _engine) { Completed = _port.HandleComplete };
            Port = _substrate.Port;
            _substrate.Start();
            started.SetResult();
            return true;
        }
#pragma warning disable CA1031 // whatever it is, it belongs to whoever starts us
        catch (Exception e)
#pragma warning restore CA1031
        {
            started.SetException(e);
            return false;
        }
    }

    private Instant? NextDeadline() => _engine.NextDeadline;

    private void HandleTime(Instant now) => _substrate!.HandleTime(now);
}
