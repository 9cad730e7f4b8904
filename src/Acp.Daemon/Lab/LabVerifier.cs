using Acp.Core.Time;
using Acp.Daemon.Control;
using Acp.Linux.Loop;
using Acp.Linux.Namespaces;
using Acp.Linux.Sockets;
using Acp.Wire;

namespace Acp.Daemon.Lab;

/// <summary>
/// Pings every ordered pair, in both views, until each has answered once. One thread of its own; sockets belong to the
/// namespace they were made in, so one poll serves them all.
/// </summary>
public sealed class LabVerifier : IDisposable
{
    private readonly Lock _gate = new();
    private readonly LabPair[] _pairs;
    private readonly Box[] _boxes;
    private readonly Thread _thread;
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LabVerifier(LabPlan plan, LabWorld world)
    {
        var indexes = plan.Boxes.Select(b => b.Index).ToArray();
        _pairs = (from view in new[] { LabView.Acp, LabView.Host }
                  from a in indexes
                  from b in indexes
                  where a != b
                  select new LabPair(a, b, view)).ToArray();
        _boxes = plan.Boxes.Select(b => new Box(world.Hosts[b.Index])).ToArray();
        _thread = new Thread(Run) { IsBackground = true, Name = "lab pings" };
        _thread.Start();
    }

    /// <summary>Completes when every pair has answered in both views; fails when the system refuses a socket.</summary>
    public Task Completion => _done.Task;

    /// <summary>Tells where a box can be reached. Until then it takes no part. May be repeated.</summary>
    public void Learn(int box, StatusReport status)
    {
        if (status.Identity is not { HostAddress: { } host } identity
            || !Ipv6Address.TryParse(identity.AcpAddress, out var acpAddress) || !Ipv6Address.TryParse(host, out var hostAddress))
            return;
        lock (_gate)
            _boxes[box].Learn(acpAddress, hostAddress, status.Namespaces.Acp);
    }

    /// <summary>A snapshot of all pairs.</summary>
    public IReadOnlyList<(int From, int To, LabView View, Instant? ReachedAt)> Pairs()
    {
        lock (_gate)
            return _pairs.Select(p => (p.From, p.To, p.View, p.ReachedAt)).ToList();
    }

    public void Dispose()
    {
        _end.Cancel();
        _thread.Join();
        foreach (var box in _boxes)
            box.Dispose();
        _end.Dispose();
    }

    private void Run()
    {
        try
        {
            // A round sends one request for every pair still silent. Large labs get longer rounds: the pings share
            // the machine with the daemons they wait for.
            var round = TimeSpan.FromMilliseconds(Math.Clamp(_boxes.Length * 10, 50, 250));
            while (!_end.IsCancellationRequested)
            {
                var until = BootClock.Now + round;
                List<Pinger> open;
                lock (_gate)
                {
                    foreach (var pair in _pairs.Where(p => p.ReachedAt is null))
                        Send(pair);
                    open = _boxes.SelectMany(b => b.Pingers).ToList();
                }

                for (var left = round; left > TimeSpan.Zero; left = until - BootClock.Now)
                {
                    Pinger.WaitAny(open, left);
                    if (_end.IsCancellationRequested)
                        return;
                    lock (_gate)
                    {
                        Receive();
                        if (_pairs.All(p => p.ReachedAt is not null))
                        {
                            _done.TrySetResult();
                            return;
                        }
                    }
                }
            }
        }
        catch (Exception e)
        {
            _done.TrySetException(e);
        }
    }

    private void Send(LabPair pair)
    {
        var from = _boxes[pair.From];
        if (!_boxes[pair.To].Known || !from.TryOpen())
            return;
        // The source in the acp namespace is the box's own ACP address; on the host it is for the kernel to choose.
        _ = pair.View == LabView.Acp
            ? from.Acp!.TrySend(from.AcpAddress, _boxes[pair.To].AcpAddress)
            : from.Host!.TrySend(Ipv6Address.Unspecified, _boxes[pair.To].HostAddress);
    }

    private void Receive()
    {
        for (var i = 0; i < _boxes.Length; i++)
        {
            while (_boxes[i].Acp is { } acp && acp.TryReceive(out var from))
                Mark(i, LabView.Acp, Array.FindIndex(_boxes, b => b.Known && b.AcpAddress == from));
            while (_boxes[i].Host is { } host && host.TryReceive(out var from))
                Mark(i, LabView.Host, Array.FindIndex(_boxes, b => b.Known && b.HostAddress == from));
        }

        void Mark(int from, LabView view, int to)
        {
            if (Array.Find(_pairs, p => p.From == from && p.To == to && p.View == view) is { ReachedAt: null } pair)
                pair.ReachedAt = BootClock.Now;
        }
    }

    private sealed class Box(NetworkNamespace host) : IDisposable
    {
        private string? _acpNamespace;

        public bool Known => _acpNamespace is not null;

        public Ipv6Address AcpAddress { get; private set; }

        public Ipv6Address HostAddress { get; private set; }

        public Pinger? Acp { get; private set; }

        public Pinger? Host { get; private set; }

        public IEnumerable<Pinger> Pingers => Acp is null || Host is null ? [] : [Acp, Host];

        public void Learn(Ipv6Address acpAddress, Ipv6Address hostAddress, string acpNamespace)
        {
            AcpAddress = acpAddress;
            HostAddress = hostAddress;
            _acpNamespace = acpNamespace;
        }

        /// <summary>False while the box or its acp namespace is not there yet.</summary>
        public bool TryOpen()
        {
            if (Acp is not null)
                return true;
            if (_acpNamespace is null || !NetworkNamespace.Exists(_acpNamespace))
                return false;
            Host = new Pinger(host);
            using var acp = NetworkNamespace.Open($"{NetworkNamespace.Directory}/{_acpNamespace}");
            Acp = new Pinger(acp);
            return true;
        }

        public void Dispose()
        {
            Acp?.Dispose();
            Host?.Dispose();
        }
    }
}
