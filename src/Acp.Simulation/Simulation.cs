using Acp.Core;
using Acp.Core.Time;
using Acp.Simulation.Clock;
using Acp.Simulation.Network;
using Acp.Simulation.Reports;
using Acp.Simulation.Routing;
using Acp.Simulation.Rules;
using Acp.Simulation.Schedules;
using Acp.Simulation.Security;
using Acp.Wire;

namespace Acp.Simulation;

/// <summary>
/// Whole nodes on simulated links and one virtual clock: no sockets, no sleeping, one thread, and the same trace for the same
/// options. <see cref="Run(Action{SimulationProgress}?)"/> does all that the options say; the other methods let a test take the steps itself.
/// </summary>
/// <remarks>
/// Two heaps say what comes next: what will happen (packets on their way, answers of workers, the schedule), and when which
/// node wants to be woken. Only a node that something happened to is asked again.
/// </remarks>
public sealed class Simulation
{
    /// <summary>How often it is looked whether all pairs route, while they do not.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private const int EventsBetweenProgress = 1 << 16;

    private readonly EventQueue _events = new();
    private readonly DeadlineHeap<SimulatedNode> _deadlines = new();
    private readonly SimulatedNode[] _nodes;
    private readonly SimulatedLink[] _links;
    private readonly Dictionary<Ipv6Address, SimulatedNode> _byAddress = [];
    private readonly List<TimeSample> _samples = [];
    private readonly RuleBook _rules;
    private readonly SchedulePlayer _player;
    private readonly Convergence _convergence;
    private readonly RoutingSnapshot _routing;
    private Action<SimulationProgress>? _progress;
    private SimulationPhase _phase;
    private long _eventsAtProgress;
    private int[]? _components;
    private int _startsPending;
    private TimeSpan _sampleEvery;
    private Instant _nextSample;
    private Instant _nextCheck;

    public Simulation(SimulationOptions options)
    {
        Options = options;
        Random = new SeededRandom(options.Seed);
        Now = options.Start;
        var topology = options.Topology;
        _nodes = new SimulatedNode[topology.Nodes];
        for (var i = 0; i < _nodes.Length; i++)
        {
            _nodes[i] = new SimulatedNode(this, i, options.OptionsOf?.Invoke(i) ?? options.NodeOptions, options.FactsPerNode);
            _byAddress.Add(_nodes[i].AcpAddress, _nodes[i]);
        }

        _links = new SimulatedLink[topology.Edges.Count];
        for (var i = 0; i < _links.Length; i++)
        {
            var edge = topology.Edges[i];
            _links[i] = new SimulatedLink(this, i, _nodes[edge.A], _nodes[edge.B], edge.Quality);
        }

        Wakes = new WakeRule();
        _rules = new RuleBook(this, Wakes);
        _player = new SchedulePlayer(this);
        _convergence = new Convergence(this);
        _routing = new RoutingSnapshot(this);
        _sampleEvery = options.SampleEvery;
        _nextSample = _nextCheck = Now;
    }

    public SimulationOptions Options { get; }

    /// <summary>What happens on links, and the seeds of the nodes' own.</summary>
    public SeededRandom Random { get; }

    public Instant Now { get; private set; }

    /// <summary>Virtual time since <see cref="SimulationOptions.Start"/>.</summary>
    public TimeSpan Elapsed => Now - Options.Start;

    /// <summary>The true date.</summary>
    public DateTimeOffset Date => Options.Date + Elapsed;

    /// <summary>In the order of their numbers.</summary>
    public IReadOnlyList<SimulatedNode> Nodes => _nodes;

    /// <summary>In the order of the topology's edges.</summary>
    public IReadOnlyList<SimulatedLink> Links => _links;

    /// <summary>Steps so far.</summary>
    public long Events => Trace.Events;

    /// <summary>Of everything that happened so far.</summary>
    public ulong TraceHash => Trace.Value;

    /// <summary>Rules that did not hold, so far.</summary>
    public IReadOnlyList<RuleBreach> Breaches => _rules.Breaches;

    /// <summary>Grows with every change of what packets can go where.</summary>
    internal long RoutingVersion { get; private set; }

    /// <summary>When <see cref="RoutingVersion"/> last grew.</summary>
    internal Instant RoutingChangedAt { get; private set; }

    /// <summary>Every node has been switched on once.</summary>
    internal bool IsPoweredOn => _startsPending == 0;

    internal SimulationPhase Phase => _phase;

    internal TraceHash Trace { get; } = new();

    internal WakeRule Wakes { get; }

    internal Convergence Convergence => _convergence;

    /// <summary>All routing tables as they are, read again when <see cref="RoutingVersion"/> has grown.</summary>
    internal RoutingSnapshot Routing
    {
        get
        {
            if (_routing.Version != RoutingVersion)
                _routing.Read();
            return _routing;
        }
    }

    internal SchedulePlayer Player => _player;

    internal IReadOnlyList<TimeSample> Samples => _samples;

    /// <summary>
    /// Power-on, until all pairs route; the schedule; until they route again; and a while more, so that what is wrong shows. The
    /// report says whether all of it went well.
    /// </summary>
    /// <param name="progress">Called every second of virtual time and now and then in between. It may throw to end the run.</param>
    public SimulationReport Run(Action<SimulationProgress>? progress = null)
    {
        _progress = progress;
        PowerOn();
        if (RunToConvergence())
        {
            RunSchedule();
            Settle();
        }

        _phase = SimulationPhase.Done;
        Sample();
        return Report();
    }

    /// <summary>Plugs all links in and switches all nodes on, within <see cref="SimulationOptions.PowerOnSpread"/>.</summary>
    public void PowerOn()
    {
        foreach (var link in _links)
            link.Up();
        foreach (var node in _nodes)
        {
            var wait = Random.NextSpan(Options.PowerOnSpread);
            if (wait == TimeSpan.Zero)
            {
                node.Start();
                continue;
            }

            _startsPending++;
            After(wait, () =>
            {
                _startsPending--;
                node.Start();
            });
        }
    }

    /// <summary>False when not all pairs route within <see cref="SimulationLimits.Convergence"/>.</summary>
    public bool RunToConvergence()
    {
        _phase = _player.HasPlayed ? SimulationPhase.Reconverging : SimulationPhase.Converging;
        Watch(Options.Limits.Convergence, () => _convergence.Look());
        return _convergence.Look();
    }

    /// <summary>Plays the schedule from now on, and waits until all pairs route afterwards. False when they do not in time.</summary>
    public bool RunSchedule()
    {
        if (Options.Schedule.Events.Count == 0)
            return true;
        _phase = SimulationPhase.Playing;
        Watch(_player.Begin(), null);
        return RunToConvergence();
    }

    /// <summary>Watches the network for <see cref="SimulationLimits.Settle"/>, and then checks the rules of a quiet network.</summary>
    public void Settle()
    {
        _phase = SimulationPhase.Settling;
        Watch(Options.Limits.Settle, null);
        while (!_rules.CheckQuiet(int.MaxValue))
            Watch(TimeSpan.FromSeconds(1), null);
    }

    /// <summary>
    /// Runs events and deadlines up to <paramref name="span"/> from now, or until <paramref name="until"/> holds, asked after every
    /// step. No rules, no samples.
    /// </summary>
    /// <returns>Whether <paramref name="until"/> held; true without one.</returns>
    public bool Run(TimeSpan span, Func<bool>? until = null)
    {
        var end = Now + span;
        while (until is null || !until())
        {
            if (Step(end))
                continue;
            Now = end;
            return until is null || until();
        }

        return true;
    }

    /// <summary>Pairs of running nodes that the topology joins and that do not route, in words.</summary>
    public IReadOnlyList<string> UnreachablePairs(int most = int.MaxValue) =>
        [.. new RoutingSnapshot(this).Count(most).Failures.Select(Describe)];

    /// <summary>Channels on the way that routing tables lead; null when they do not.</summary>
    public int? Hops(SimulatedNode from, SimulatedNode to)
    {
        var at = from;
        for (var hops = 0; hops <= _nodes.Length; hops++)
        {
            if (at == to)
                return hops;
            if (at.Lookup(to.AcpAddress) is not { } channel || at.OtherEnd(channel) is not { } next)
                return null;
            at = next;
        }

        return null;
    }

    public SimulatedNode? FindNode(Ipv6Address acpAddress) => _byAddress.GetValueOrDefault(acpAddress);

    /// <summary>Everything that is known now.</summary>
    public SimulationReport Report() => new ReportBuilder(this).Build();

    internal SimulatedNode? FindOwner(Ipv6Prefix prefix) =>
        prefix.Length >= 127 ? FindNode(prefix.Address) ?? FindNode(new Ipv6Address(prefix.Address.High, prefix.Address.Low | 1)) : null;

    internal void Enqueue(SimulatedEvent happening, Instant at) => _events.Add(happening, at);

    internal void After(TimeSpan delay, Action action) => _events.Add(new Callback(action), Now + delay);

    internal void SetDeadline(SimulatedNode node, Instant? deadline) => _deadlines.Set(node, deadline);

    internal SimulatedCredentials Enroll(SimulatedNode node, bool asRogue) => Options.Authority.Issue(
        node.Name, node.AcpAddress, asRogue ? "elsewhere.example" : "acp.example", Date + Options.CertificateLifetime);

    /// <summary>Something changed that decides where packets go.</summary>
    internal void NoteRouting(TraceKind kind, int subject, ulong detail)
    {
        RoutingVersion++;
        RoutingChangedAt = Now;
        if (kind is TraceKind.Node or TraceKind.Link)
            _components = null;
        Trace.Add(Now, kind, subject, detail);
    }

    internal void NoteLinkChanged(SimulatedLink link, int state)
    {
        link.A.Node.NoteRoutingChanged();
        link.B.Node.NoteRoutingChanged();
        NoteRouting(TraceKind.Link, link.Number, (ulong)state << 1 | (link.IsUp ? 1UL : 0));
    }

    /// <summary>
    /// For each node the lowest node that running members and whole links join it to: equal numbers can reach each other.
    /// </summary>
    internal int[] Components()
    {
        if (_components is not null)
            return _components;
        var of = Enumerable.Range(0, _nodes.Length).ToArray();
        foreach (var link in _links)
        {
            if (!link.IsWhole || !IsMember(link.A.Node) || !IsMember(link.B.Node))
                continue;
            var (a, b) = (Lowest(link.A.Node.Number), Lowest(link.B.Node.Number));
            of[Math.Max(a, b)] = Math.Min(a, b);
        }

        for (var i = 0; i < of.Length; i++)
            of[i] = Lowest(i);
        return _components = of;

        int Lowest(int node)
        {
            while (of[node] != node)
                node = of[node] = of[of[node]];
            return node;
        }
    }

    internal string Describe(RoutingFailure failure)
    {
        var way = new RoutingSnapshot(this).Way(failure.From, failure.To);
        var shown = way.Count > 12 ? [.. way.Take(6), -1, .. way.TakeLast(5)] : way;
        var path = string.Join(" → ", shown.Select(n => n < 0 ? "…" : _nodes[n].Name));
        return $"{_nodes[failure.From].Name} does not reach {_nodes[failure.To].Name} ({failure.Result}): {path}";
    }

    internal static bool IsMember(SimulatedNode node) => node is { IsRunning: true, IsRogue: false };

    /// <summary>One event, or one waking. False when nothing is left up to and including <paramref name="end"/>.</summary>
    private bool Step(Instant end)
    {
        if (Wakes.IsBroken)
            return false;
        var deadline = _deadlines.Earliest;
        if (_events.Earliest is { } at && at <= end && (deadline is null || at <= deadline))
        {
            Now = at > Now ? at : Now;
            _events.Take().Happen();
        }
        else if (deadline <= end && _deadlines.TryTakeDue(end, out var node))
        {
            Now = deadline.Value > Now ? deadline.Value : Now;
            node.Wake();
        }
        else
        {
            return false;
        }

        return true;
    }

    /// <summary>Runs with looks, rules, samples and progress.</summary>
    private void Watch(TimeSpan span, Func<bool>? until)
    {
        var end = Now + span;
        while (Now < end && !_rules.IsEnough && !(until?.Invoke() ?? false))
        {
            var stop = Instant.Earlier(Instant.Earlier(Now + LookEvery, end), Instant.Earlier(_nextSample, _nextCheck))!.Value;
            while (Step(stop))
            {
                if (Trace.Events - _eventsAtProgress >= EventsBetweenProgress)
                    TellProgress();
            }

            Now = stop > Now ? stop : Now;
            _convergence.Look();
            if (Now >= _nextCheck)
            {
                _nextCheck = Now + Options.CheckEvery;
                _rules.Check();
                if (_phase == SimulationPhase.Playing && Now - _player.LastEventAt >= Options.Limits.QuietAfter)
                    _rules.CheckQuiet(_player.Played);
                TellProgress();
            }

            if (Now >= _nextSample)
                Sample();
        }
    }

    private void Sample()
    {
        _nextSample = Now + _sampleEvery;
        _samples.Add(new ReportBuilder(this).Sample());
        if (_samples.Count <= Options.MaxSamples)
            return;
        for (var i = _samples.Count - 2; i > 0; i -= 2)
            _samples.RemoveAt(i);
        _sampleEvery *= 2;
    }

    private void TellProgress()
    {
        _eventsAtProgress = Trace.Events;
        if (_progress is null)
            return;
        var sample = new ReportBuilder(this).Sample(false);
        _progress(new SimulationProgress(_phase, Elapsed, Trace.Events, sample.Channels, sample.Joined));
    }
}
