using Acp.Linux.Namespaces;

namespace Acp.Daemon.Bench;

/// <summary>Two daemons on one cable, in namespaces of their own; all gone on disposal.</summary>
internal sealed class IkeBenchPair : IDisposable
{
    /// <summary>What ends late (the last answer, a collection) belongs to the batch.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(0.2);

    private readonly EspBenchSide _a;
    private readonly EspBenchSide _b;
    private readonly Dictionary<int, List<(double PerSecond, double InitiatorCpu, double ResponderCpu)>> _batches = [];
    private int _failed;

    /// <param name="make">Starts a daemon: its side, the other side, and "a" or "b".</param>
    public IkeBenchPair(string prefix, string initiator, string responder, bool firstMeeting, Func<string, EspBenchSide, EspBenchSide, string, IIkePeer> make)
    {
        InitiatorName = initiator;
        ResponderName = responder;
        FirstMeeting = firstMeeting;
        _a = new EspBenchSide(prefix, 'a');
        try
        {
            _b = new EspBenchSide(prefix, 'b');
            _a.OutsideRoute.CreateVeth(EspBenchSide.LinkName, EspBenchSide.LinkName, _b.Outside, 1500, 1500);
            _a.LinkUp();
            _b.LinkUp();
            Initiator = make(initiator, _a, _b, "a");
            Responder = make(responder, _b, _a, "b");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string InitiatorName { get; }

    public string ResponderName { get; }

    public bool FirstMeeting { get; }

    public IIkePeer Initiator { get; } = null!;

    public IIkePeer Responder { get; } = null!;

    public NetworkNamespace InitiatorNamespace => _a.Outside;

    /// <summary>One batch, and forgets its SAs.</summary>
    public void Run(int count, int inFlight, bool isWarmUp)
    {
        var (initiatorCpu, responderCpu) = (Initiator.Process.CpuSeconds(), Responder.Process.CpuSeconds());
        var (complete, elapsed) = Initiator.Initiate(count, inFlight);
        Thread.Sleep(Settle);
        initiatorCpu = Initiator.Process.CpuSeconds() - initiatorCpu;
        responderCpu = Responder.Process.CpuSeconds() - responderCpu;
        if (!isWarmUp)
        {
            if (!_batches.TryGetValue(inFlight, out var batches))
                _batches[inFlight] = batches = [];
            batches.Add((complete / elapsed.TotalSeconds, initiatorCpu * 1000 / count, responderCpu * 1000 / count));
        }

        _failed += count - complete;
        Clear();
    }

    public void Clear()
    {
        // strongSwan says goodbye and wants to hear it answered.
        foreach (var peer in new[] { Initiator, Responder }.OrderBy(p => p is AcpdIkePeer))
            peer.Clear();
    }

    public IEnumerable<IkeBenchRow> Rows(int count) => _batches.OrderBy(b => b.Key).Select(batches => new IkeBenchRow(
        InitiatorName,
        ResponderName,
        FirstMeeting,
        batches.Key,
        count * batches.Value.Count,
        _failed,
        Median(batches.Value.Select(b => b.PerSecond)),
        Median(batches.Value.Select(b => b.InitiatorCpu)),
        Median(batches.Value.Select(b => b.ResponderCpu))));

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    public void Dispose()
    {
        Initiator?.Dispose();
        Responder?.Dispose();
        _a.Dispose();
        _b?.Dispose();
    }
}
