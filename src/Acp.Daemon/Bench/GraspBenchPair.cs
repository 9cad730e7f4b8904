using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Daemon.Bench;

/// <summary>A caller and a server on one host.</summary>
internal sealed class GraspBenchPair : IDisposable
{
    private const int Rounds = 5;

    // What ends late (the last answer, a collection) belongs to the batch.
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(0.1);

    private readonly Dictionary<string, int> _calls = [];
    private readonly string _transport;
    private readonly Ipv6Address _address;
    private readonly ushort _port;

    /// <summary>Inside an ACP: unicast by TLS.</summary>
    public GraspBenchPair(GraspBenchHosts hosts, GraspBenchDomain domain, bool keepsStreams)
    {
        _transport = keepsStreams ? "TLS" : "TLS, a stream each, resumed";
        Server = new GraspBenchPeer(hosts.Host, "near");
        Caller = new GraspBenchPeer(hosts.Host, "near");
        (_address, _port) = (domain.ServerAddress, GraspConstants.GRASP_LISTEN_PORT);
        Server.StartTls(domain.ServerDirectory, _port, keepsStreams);
        Server.Serve();
        // On one host, so the caller's own port is another.
        Caller.StartTls(domain.CallerDirectory, GraspConstants.GRASP_LISTEN_PORT + 1, keepsStreams);
    }

    /// <summary>Standalone, in the clear.</summary>
    public GraspBenchPair(GraspBenchHosts hosts, bool keepsStreams)
    {
        _transport = keepsStreams ? "TCP" : "TCP, a stream each";
        _address = GraspBenchHosts.HostAddress;
        Server = new GraspBenchPeer(hosts.Host, "near");
        Caller = new GraspBenchPeer(hosts.Host, "near");
        var live = Server.LiveOctets();
        var resident = Server.Process.RssOctets();
        _port = Server.Start(keepsStreams);
        Thread.Sleep(Settle);
        IdleResidentOctets = Server.Process.RssOctets() - resident;
        IdleLiveOctets = Server.LiveOctets() - live;
        Server.Serve();
        Caller.Start(keepsStreams);
    }

    public GraspBenchPeer Server { get; }

    public GraspBenchPeer Caller { get; }

    /// <summary>What the engine of the server added to its process before there was anything to do.</summary>
    public long IdleResidentOctets { get; }

    /// <summary>The same, of live objects.</summary>
    public long IdleLiveOctets { get; }

    public IReadOnlyList<GraspBenchRow> Measure(
        IReadOnlyList<GraspBenchKind> kinds, int count, Action<string> progress, CancellationToken cancellation)
    {
        progress($"{_transport}: warming up");
        foreach (var kind in kinds)
            Run(kind, kind.Calls(count));
        var batches = kinds.Select(_ => new List<Batch>()).ToList();
        for (var round = 1; round <= Rounds; round++)
        {
            progress($"{_transport}: round {round} of {Rounds}");
            foreach (var (kind, batch) in kinds.Zip(batches))
            {
                cancellation.ThrowIfCancellationRequested();
                batch.Add(Run(kind, kind.Calls(count)));
            }
        }

        return [.. kinds.Zip(batches, Row)];
    }

    public void Dispose()
    {
        Caller.Dispose();
        Server.Dispose();
    }

    private Batch Run(GraspBenchKind kind, int calls)
    {
        var before = _calls.GetValueOrDefault(kind.Call);
        _calls[kind.Call] = before + calls;
        var (callerCpu, serverCpu) = (Caller.Process.CpuSeconds(), Server.Process.CpuSeconds());
        var (complete, elapsed) = Caller.Call(kind.Call, _address, _port, calls, kind.AtOnce);
        Thread.Sleep(Settle);
        callerCpu = Caller.Process.CpuSeconds() - callerCpu;
        serverCpu = Server.Process.CpuSeconds() - serverCpu;
        return new Batch(calls, before, complete, complete / elapsed.TotalSeconds, callerCpu * 1e6 / calls, serverCpu * 1e6 / calls);
    }

    private GraspBenchRow Row(GraspBenchKind kind, List<Batch> all) => new(
        _transport,
        kind.Call,
        kind.AtOnce,
        all.Sum(b => b.Calls),
        all.Sum(b => b.Calls - b.Complete),
        IkeBenchPair.Median(all.Select(b => b.PerSecond)),
        all[0].PerSecond,
        all[^1].PerSecond,
        all[^1].Before,
        IkeBenchPair.Median(all.Select(b => b.CallerCpu)),
        IkeBenchPair.Median(all.Select(b => b.ServerCpu)));

    private readonly record struct Batch(int Calls, int Before, int Complete, double PerSecond, double CallerCpu, double ServerCpu);
}
