using System.Diagnostics;
using Acp.Lab.Robustness;
using Acp.Linux.Namespaces;
using Acp.Linux.Sockets;
using Acp.Wire;

namespace Acp.Lab.Rpl;

/// <summary>
/// Pings every pair of a lab's boxes inside the ACP ten times a second, and knows for each how long it went without an answer at most.
/// </summary>
internal sealed class LossMeter : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly List<(int Box, Pinger Pinger, Ipv6Address Address)> _boxes = [];
    private readonly Dictionary<(int From, int To), (TimeSpan Heard, TimeSpan Longest)> _pairs = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Lock _lock = new();
    private readonly Thread _thread;
    private volatile bool _enough;

    public LossMeter(RunningLab lab)
    {
        foreach (var box in lab.Plan.Boxes)
        {
            var status = lab.TryStatusAsync(box.Index).GetAwaiter().GetResult()!;
            using var acp = NetworkNamespace.Open($"{NetworkNamespace.Directory}/{status.Namespaces.Acp}");
            _boxes.Add((box.Index, new Pinger(acp), Ipv6Address.Parse(status.Identity!.AcpAddress!)));
        }

        foreach (var from in _boxes)
        {
            foreach (var to in _boxes.Where(b => b.Box != from.Box))
                _pairs[(from.Box, to.Box)] = default;
        }

        _thread = new Thread(Run) { Name = "loss meter", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Forgets the longest silences so far, not how long the present ones last.</summary>
    public void Mark()
    {
        lock (_lock)
        {
            foreach (var pair in _pairs.Keys)
                _pairs[pair] = (_pairs[pair].Heard, default);
        }
    }

    /// <summary>The pair that was silent longest since <see cref="Mark"/>, whether its silence is over or not.</summary>
    public (int From, int To, TimeSpan Silence) Worst()
    {
        lock (_lock)
        {
            var now = _clock.Elapsed;
            return _pairs.Select(p => (p.Key.From, p.Key.To, Silence: Max(p.Value.Longest, now - p.Value.Heard))).MaxBy(p => p.Silence);
        }
    }

    /// <summary>Has every pair had an answer within this time?</summary>
    public bool AllHeardWithin(TimeSpan span)
    {
        lock (_lock)
            return _pairs.Values.All(p => _clock.Elapsed - p.Heard < span);
    }

    public void Dispose()
    {
        _enough = true;
        _thread.Join();
        foreach (var (_, pinger, _) in _boxes)
            pinger.Dispose();
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private void Run()
    {
        var next = _clock.Elapsed;
        while (!_enough)
        {
            if (_clock.Elapsed >= next)
            {
                next += Interval;
                foreach (var (box, pinger, address) in _boxes)
                {
                    foreach (var other in _boxes.Where(b => b.Box != box))
                        _ = pinger.TrySend(address, other.Address);
                }
            }

            var wait = next - _clock.Elapsed;
            if (wait > TimeSpan.Zero)
                Pinger.WaitAny([.. _boxes.Select(b => b.Pinger)], wait);
            lock (_lock)
            {
                foreach (var (box, pinger, _) in _boxes)
                {
                    while (pinger.TryReceive(out var from))
                        Heard(box, from);
                }
            }
        }
    }

    private void Heard(int box, Ipv6Address from)
    {
        var now = _clock.Elapsed;
        foreach (var (other, _, address) in _boxes)
        {
            if (address == from && _pairs.TryGetValue((box, other), out var pair))
                _pairs[(box, other)] = (now, Max(pair.Longest, now - pair.Heard));
        }
    }
}
