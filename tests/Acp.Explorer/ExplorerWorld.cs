using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Explorer;

/// <summary>
/// Two real machines, a virtual clock, and a network that does to each datagram what a <see cref="Schedule"/> says. One world plays
/// many schedules, one after the other. What must hold is checked after every step:
/// <list type="bullet">
/// <item>no node has two inbound SAs with one SPI, or two channels with its one neighbour;</item>
/// <item>where both ends have a child SA, its keys agree crosswise;</item>
/// <item>make before break: while a channel stays open at one end, that end removes no inbound SA on which the other still sends
/// (unless it gave up on a DELETE without an answer);</item>
/// <item>what one end sends on, the other can receive, except that (1) the end that answered the exchange may send before its answer has
/// arrived (RFC 7296 §2.8), and (2) an end that crashed, lost its link, or closed the IKE SA is missed until the other hears of
/// it or its liveness check fails (§2.4): never longer than <see cref="BlackLimit"/>;</item>
/// <item>every IKE SA has a deadline, and their number stays small.</item>
/// </list>
/// When all is quiet: one IKE SA and one child SA pair, the same at both ends, or nothing at either, and nothing else is held: no
/// SPI, no half-open SA, no question, no fragment, no exchange, no cipher, no secret.
/// </summary>
public sealed class ExplorerWorld
{
    /// <summary>The longest that an end may send into the void: liveness, all retransmissions, started over as often as allowed.</summary>
    public static readonly TimeSpan BlackLimit = TimeSpan.FromSeconds(100);

    /// <summary>Most IKE SAs of one node at any time, lingering ones included.</summary>
    private const int MostIkeSas = 24;

    private const int MostSteps = 60_000;
    internal static readonly Instant Begin = new(987_654_321_012_345);
    private static readonly TimeSpan FaultsAfterwards = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan RestLimit = TimeSpan.FromSeconds(400);

    private readonly PriorityQueue<ExplorerEvent, (long At, int Order)> _queue = new();
    private readonly List<(int Waits, ExplorerEvent Event)> _held = [];
    private readonly Dictionary<int, Fate> _drawn = [];
    private readonly ExplorerNode _a;
    private readonly ExplorerNode _b;
    private Schedule _schedule = new();
    private SeededRandom _faults = new(0);
    private Instant _faultsEnd;
    private Instant _now;
    private int _order;
    private int _steps;
    private int _due;
    private bool _recording;

    public ExplorerWorld()
    {
        _a = new ExplorerNode(this, 0);
        _b = new ExplorerNode(this, 1);
    }

    /// <summary>Datagrams of all schedules so far.</summary>
    public long Datagrams { get; private set; }

    /// <summary>Steps of all schedules so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Datagrams of the last schedule.</summary>
    public int Sent { get; private set; }

    /// <summary>Datagrams of the last schedule before its first operation later than a second.</summary>
    public int SentBefore { get; private set; }

    /// <summary>Datagrams of the last schedule up to some seconds after its last operation.</summary>
    public int SentEarly { get; private set; }

    /// <summary>What was seen of interest, by kind of fact, over all schedules: a measure of what the schedules reach.</summary>
    public SortedDictionary<string, long> Seen { get; } = new(StringComparer.Ordinal);

    /// <summary>When set, a line for everything that happens.</summary>
    public List<string>? Story { get; set; }

    /// <summary>What chance did to the datagrams of the last schedule, if that was recorded.</summary>
    public IReadOnlyDictionary<int, Fate> DrawnFates => _drawn;

    /// <summary>Plays one schedule; throws whatever goes wrong.</summary>
    /// <param name="record">Keep what chance does in <see cref="DrawnFates"/>.</param>
    public void Play(Schedule schedule, bool record = false)
    {
        _schedule = schedule;
        _recording = record;
        _queue.Clear();
        _held.Clear();
        _drawn.Clear();
        _order = 0;
        _steps = 0;
        Sent = SentBefore = SentEarly = 0;
        _now = Begin;
        _faults = new SeededRandom(schedule.Seed ^ 0x5bd1e995);
        _a.Start(schedule, 4 * schedule.Seed + 1);
        _b.Start(schedule, 4 * schedule.Seed + 2);
        var last = Begin;
        foreach (var operation in schedule.Operations)
        {
            var at = Begin + operation.At;
            Enqueue(at, new ExplorerEvent(ExplorerEventKind.Operation, operation.Node, -1, Operation: operation));
            if (at + operation.Span > last)
                last = at + operation.Span;
        }

        _faultsEnd = last + FaultsAfterwards;
        Plan(_a);
        Plan(_b);
        Run(last + Rest);
        var limit = last + RestLimit;
        while (WhyNotQuiet() is { } why)
        {
            if (_now >= limit)
                throw new InvariantException($"not quiet after {RestLimit.TotalSeconds} s: {why}; {Describe(_a)} {Describe(_b)}");
            Run(_now + TimeSpan.FromSeconds(4.9));
        }

        Judge();
    }

    internal void Trace(ExplorerNode node, Ikev2Action action)
    {
        if (Story is not null && action is not Ikev2Action.SendDatagram)
            Tell($"{node.Name}   does {action}");
    }

    internal void Note(ExplorerNode node, Ikev2Fact fact)
    {
        if (Story is not null)
            Tell($"{node.Name}   notes {fact}");
        if (fact is Ikev2Fact.IkeSaClosed)
            node.GaveUp = node.TimePassed;
        var name = fact switch
        {
            Ikev2Fact.RekeyCollision { OfIkeSa: true } => "simultaneous IKE rekeying",
            Ikev2Fact.RekeyCollision => "simultaneous child rekeying",
            Ikev2Fact.SurplusIkeSa => "simultaneous initiation",
            Ikev2Fact.IkeSaReplaced => "peer restarted",
            Ikev2Fact.IkeSaReauthenticated => "authenticated again",
            Ikev2Fact.RequestRefused { Notify: var notify } => "refused with " + NameOf(notify),
            Ikev2Fact.Dropped { Reason: var reason } => NameOf(reason),
            Ikev2Fact.IkeSaClosed { Reason: ChannelCloseReason.DeadPeer } => "dead peer",
            Ikev2Fact.IkeSaClosed when node.GaveUp => "no answer to a DELETE",
            Ikev2Fact.IkeSaRekeyed => "IKE rekeyed",
            Ikev2Fact.ResponseRepeated => "answer repeated",
            Ikev2Fact.LifetimeOver => "lifetime over",
            _ => null,
        };
        if (name is null)
            return;
        Seen.TryGetValue(name, out var count);
        Seen[name] = count + 1;
    }

    internal void Send(ExplorerNode from, ReadOnlyMemory<byte> datagram)
    {
        var number = Sent++;
        Datagrams++;
        if (_now <= _faultsEnd)
            SentEarly = Sent;
        var to = from == _a ? _b : _a;
        var fate = FateOf(number);
        var gone = !from.LinkIsUp || _now < from.MuteUntil;
        if (Story is not null)
            Tell($"{from.Name} #{number} {Describe(datagram.Span)}{(gone ? " (muted)" : fate == Fate.Usual ? "" : $" {fate}")}");
        var arrival = new ExplorerEvent(ExplorerEventKind.Datagram, to.Index, -1, number, datagram);
        if (!gone && fate.After >= 0)
        {
            _held.Add((fate.After, arrival));
            Enqueue(_now + TimeSpan.FromSeconds(20), new ExplorerEvent(ExplorerEventKind.Release, to.Index, -1, number));
        }
        else if (!gone)
        {
            if (fate.Copies > 0)
                Enqueue(_now + fate.First, arrival);
            if (fate.Copies > 1)
                Enqueue(_now + fate.Second, arrival);
        }

        for (var i = _held.Count - 1; i >= 0; i--)
        {
            if (_held[i].Waits != number)
                continue;
            Enqueue(_now + fate.First + TimeSpan.FromTicks(1), _held[i].Event);
            _held.RemoveAt(i);
        }
    }

    internal void Ask(ExplorerNode node, Ikev2Action question) =>
        Enqueue(_now + _schedule.Answers, new ExplorerEvent(ExplorerEventKind.Answer, node.Index, node.Generation, Question: question));

    private static string NameOf<T>(T value)
        where T : struct, Enum => value.ToString();

    private static string Describe(ExplorerNode node) =>
        $"{node.Name}: channel {node.Channel} children [{string.Join(", ", node.Children.Select(c => $"{c.InboundSpi:x8}/{c.OutboundSpi:x8}"))}] "
        + $"sends on {node.Sending:x8}, {string.Join(" | ", node.Machine.Status.Select(s => $"{s.IkeSa} {s.State} {(s.WeInitiated ? "ours" : "theirs")}"))} {node.Machine.Inventory}";

    private static string Describe(ReadOnlySpan<byte> datagram) =>
        IkeHeader.TryRead(datagram, out var h)
            ? $"{h.Exchange} {(h.IsResponse ? "response" : "request")} {h.MessageId} of {h.InitiatorSpi:x4}/{h.ResponderSpi:x4} {datagram.Length} octets"
            : "?";

    private void Enqueue(Instant at, ExplorerEvent what) => _queue.Enqueue(what, (at.Nanoseconds, _order++));

    private void Tell(string text) => Story!.Add($"{(_now - Begin).TotalMilliseconds,12:0.0000} {text}");

    private Fate FateOf(int number)
    {
        if (_schedule.Profile is not { } profile)
            return _schedule.Fates.TryGetValue(number, out var given) ? given : Fate.Usual;
        if (_now >= _faultsEnd)
            return Fate.Usual;
        var fate = Draw(profile);
        if (_recording && fate != Fate.Usual)
            _drawn.Add(number, fate);
        return fate;
    }

    private Fate Draw(FaultProfile profile)
    {
        var dice = _faults.Next(1000);
        if (dice < profile.Loss)
            return Fate.Lost;
        var first = Delay(profile);
        return _faults.Next(1000) < profile.Duplicate ? new Fate(2, first, Delay(profile)) : new Fate(1, first);
    }

    private TimeSpan Delay(FaultProfile profile) =>
        _faults.Next(1000) < profile.Late ? _faults.NextSpan(profile.Lateness)
        : profile.Jitter == default ? Fate.Usual.First
        : TimeSpan.FromTicks(1000 + _faults.NextSpan(profile.Jitter).Ticks / 100 * 100);

    private void Run(Instant end)
    {
        while (true)
        {
            if (++_steps > MostSteps)
                throw new InvariantException($"no rest after {MostSteps} steps; {Describe(_a)} {Describe(_b)}");
            Steps++;
            var next = _queue.TryPeek(out _, out var priority) ? new Instant(priority.At) : (Instant?)null;
            var (wakeA, wakeB) = (Wake(_a), Wake(_b));
            var due = Instant.Earlier(next, Instant.Earlier(wakeA, wakeB));
            if (due is not { } at || at > end)
                break;
            if (at > _now)
                _now = at;
            if (next is { } n && n <= _now)
                Happen(_queue.Dequeue());
            else if (wakeA is { } a && a <= _now)
                HandleTime(_a);
            else
                HandleTime(_b);
        }

        _now = end;
    }

    private static Instant? Wake(ExplorerNode node) =>
        node.Deadline is { } deadline ? (deadline < node.FrozenUntil ? node.FrozenUntil : deadline) : null;

    private void HandleTime(ExplorerNode node)
    {
        if (Story is not null)
            Tell($"{node.Name} time");
        node.Machine.HandleTime(_now);
        node.TimePassed = true;
        Step(node);
        node.TimePassed = false;
        // What is done may make something else due at once, but not for ever.
        _due = node.Deadline is { } again && again <= _now ? _due + 1 : 0;
        if (_due > 8)
            throw new InvariantException($"{node.Name} keeps a stale deadline; {Describe(node)}");
    }

    private void Happen(ExplorerEvent what)
    {
        var node = what.Node == 0 ? _a : _b;
        if (_now < node.FrozenUntil && what.Kind != ExplorerEventKind.Operation)
        {
            Enqueue(node.FrozenUntil, what);
            return;
        }

        if (what.Life >= 0 && what.Life != node.Generation)
            return;
        var peer = node == _a ? _b : _a;
        switch (what.Kind)
        {
            case ExplorerEventKind.Datagram:
                if (!node.LinkIsUp)
                    return;
                if (Story is not null)
                    Tell($"{node.Name} hears #{what.Number}");
                node.Machine.HandleDatagram(_now, node.Link, node.LinkLocal, 500, peer.LinkLocal, 500, what.Datagram.Span);
                break;
            case ExplorerEventKind.Answer:
                if (what.Question is Ikev2Action.SignAuth sign)
                    node.Machine.HandleSigned(_now, sign.Request, node.Identity.AlgorithmIdentifier, node.Identity.Sign(sign.Octets.Span));
                else if (what.Question is Ikev2Action.VerifyPeer verify)
                    node.Machine.HandlePeerVerdict(_now, verify.Request, node.Identity.Judge(verify));
                break;
            case ExplorerEventKind.Operation:
                if (Story is not null)
                    Tell($"{node.Name} OPERATION {what.Operation.Kind} {what.Operation.Span}");
                Perform(node, peer, what.Operation);
                break;
            case ExplorerEventKind.Retry:
                node.RetryScheduled = false;
                if (node is not { Channel: null, LinkIsUp: true, IsShutDown: false, Wants: true } || (_now >= _faultsEnd && !Wanted()))
                    return;
                node.Machine.Initiate(_now, node.Link, node.LinkLocal, peer.LinkLocal, 500);
                break;
            case ExplorerEventKind.Packet:
                if (!node.LinkIsUp || node.Find(what.Spi) is not { } child)
                    return;
                node.Machine.HandleTraffic(_now, child.Channel, what.Spi);
                break;
            default:
                var held = _held.FindIndex(h => h.Event.Number == what.Number);
                if (held < 0)
                    return;
                Enqueue(_now, _held[held].Event);
                _held.RemoveAt(held);
                return;
        }

        Step(node);
    }

    private void Perform(ExplorerNode node, ExplorerNode peer, Operation operation)
    {
        if (SentBefore == 0 && operation.At > TimeSpan.FromSeconds(1))
            SentBefore = Sent;
        var machine = node.Machine;
        switch (operation.Kind)
        {
            case OperationKind.Initiate when node is { LinkIsUp: true, IsShutDown: false }:
                machine.Initiate(_now, node.Link, node.LinkLocal, peer.LinkLocal, 500);
                break;
            case OperationKind.RekeyChild when node.Channel is { } channel:
                machine.RekeyChildSa(_now, channel);
                break;
            case OperationKind.RekeyIke when node.Channel is { } channel:
                machine.RekeyIkeSa(_now, channel);
                break;
            case OperationKind.Renew:
                machine.SetIdentity(_now, node.Renew());
                break;
            case OperationKind.Close:
                machine.Close(_now, node.Link, peer.LinkLocal, ChannelCloseReason.Local);
                break;
            case OperationKind.Crash:
                node.Restart(_schedule, node.Random.NextUInt64());
                node.RetryScheduled = false;
                break;
            case OperationKind.Shutdown:
                node.IsShutDown = true;
                machine.CloseAll(_now);
                break;
            case OperationKind.LinkDown when node.LinkIsUp:
                machine.HandleLinkDown(_now, node.Link);
                // Whatever comes out of it finds no link any more.
                node.LinkIsUp = false;
                break;
            case OperationKind.LinkUp when !node.LinkIsUp:
                node.LinkIsUp = true;
                node.Link = new LinkId(node.Link.Value + 2);
                break;
            case OperationKind.Mute:
                node.MuteUntil = _now + operation.Span;
                break;
            case OperationKind.Pause:
                node.FrozenUntil = _now + operation.Span;
                break;
            case OperationKind.Send when node.Sending != 0 && node.LinkIsUp && _now >= node.MuteUntil:
                Enqueue(_now + Fate.Usual.First, new ExplorerEvent(ExplorerEventKind.Packet, peer.Index, -1,
                    Spi: node.Find(node.Sending)!.Value.OutboundSpi));
                break;
            case OperationKind.Hint when peer.LastProtected is { } last && IkeHeader.TryRead(last, out var header):
                machine.HandleDatagram(_now, node.Link, node.LinkLocal, 500, peer.LinkLocal, 500, IkeMessage.Encode(
                    IkeHeader.Create(header.InitiatorSpi, header.ResponderSpi, ExchangeType.Informational,
                        IkeFlags.Response | (header.FromInitiator ? IkeFlags.Initiator : IkeFlags.None), header.MessageId),
                    [new NotifyPayload(NotifyType.InvalidIkeSpi)]));
                break;
            default:
                break;
        }
    }

    private void Step(ExplorerNode node)
    {
        node.Perform();
        var peer = node == _a ? _b : _a;
        foreach (var spi in node.JustRemoved)
        {
            if (!node.GaveUp && peer.Sending != 0 && peer.Channel is not null && peer.Find(peer.Sending) is { } sending && sending.OutboundSpi == spi)
                throw new InvariantException($"{node.Name} removed {spi:x8} while {peer.Name} sends on it");
        }

        CheckKeys(node, peer);
        CheckSending(node, peer);
        CheckSending(peer, node);
        CheckGrowth(node);
        Plan(node);
    }

    private static void CheckKeys(ExplorerNode node, ExplorerNode peer)
    {
        foreach (var ours in node.Children)
        {
            if (peer.Find(ours.OutboundSpi) is not { } theirs)
                continue;
            if (ours.OutboundKey != theirs.InboundKey
                || (theirs.OutboundSpi == ours.InboundSpi && ours.InboundKey != theirs.OutboundKey))
                throw new InvariantException($"keys of {ours.InboundSpi:x8}/{ours.OutboundSpi:x8} do not agree");
        }
    }

    private void CheckSending(ExplorerNode node, ExplorerNode peer)
    {
        if (node.Channel is null)
            return;
        var heard = node.Sending != 0 && node.Find(node.Sending) is { } child && peer.Find(child.OutboundSpi) is not null;
        if (heard)
        {
            node.BlackSince = null;
        }
        else
        {
            node.BlackSince ??= _now;
            var frozen = Instant.Earlier(node.FrozenUntil, _now)!.Value - Begin;
            if (_now - node.BlackSince.Value > BlackLimit + frozen)
                throw new InvariantException($"{node.Name} sends into the void since {(node.BlackSince.Value - Begin).TotalSeconds} s; {Describe(node)} {Describe(peer)}");
        }
    }

    private static void CheckGrowth(ExplorerNode node)
    {
        if (node.Deadline != node.Machine.NextDeadlineByScan)
            throw new InvariantException($"{node.Name} has forgotten a deadline; {Describe(node)}");
        var inventory = node.Machine.Inventory;
        if (inventory.WithoutDeadline > 0)
            throw new InvariantException($"{node.Name} has an IKE SA that waits for ever; {Describe(node)}");
        if (inventory.IkeSas > MostIkeSas)
            throw new InvariantException($"{node.Name} has {inventory.IkeSas} IKE SAs");
        if (inventory.ChildSas != node.Children.Count)
            throw new InvariantException($"{node.Name} and its data plane disagree; {Describe(node)}");
    }

    private void Plan(ExplorerNode node)
    {
        if (node is { Wants: true, Channel: null, RetryScheduled: false, LinkIsUp: true, IsShutDown: false }
            && (_now < _faultsEnd || Wanted()))
        {
            node.RetryScheduled = true;
            // Both at the same instant is a case of its own.
            var wait = node.Random.Next(4) == 0 ? TimeSpan.FromMilliseconds(300) : TimeSpan.FromMilliseconds(300) + node.Random.NextSpan(TimeSpan.FromSeconds(2));
            Enqueue(_now + wait, new ExplorerEvent(ExplorerEventKind.Retry, node.Index, node.Generation));
        }
    }

    private string? WhyNotQuiet()
    {
        var (a, b) = (_a.Machine.Inventory, _b.Machine.Inventory);
        var (ikeA, ikeB) = (a.IkeSas - a.Lingering, b.IkeSas - b.Lingering);
        if (ikeA != ikeB || ikeA > 1)
            return $"{ikeA} and {ikeB} IKE SAs";
        if (a.Lingering + b.Lingering > 0 && _schedule.Setup != Setup.ShortLives)
            return "IKE SAs linger";
        if (a.HalfOpen + b.HalfOpen + a.Questions + b.Questions + a.FragmentOctets + b.FragmentOctets + a.Waiting + b.Waiting > 0)
            return "something is held";
        if (a.EspSpis != a.ChildSas || b.EspSpis != b.ChildSas)
            return "ESP SPIs are kept without child SAs";
        if (_a.Toy?.LiveExchanges + _b.Toy?.LiveExchanges > 0)
            return "key exchanges are kept";
        if (ikeA == 0)
            return _a.Children.Count + _b.Children.Count > 0 ? "child SAs without IKE SA" : Wanted() ? "no channel" : null;
        if (_a.Children.Count != 1 || _b.Children.Count != 1)
            return "not one child SA each";
        if (_a.Sending == 0 || _b.Sending == 0 || _a.Children[0].OutboundSpi != _b.Children[0].InboundSpi
            || _b.Children[0].OutboundSpi != _a.Children[0].InboundSpi)
            return "child SAs differ";
        return Knows(_a, _b) && Knows(_b, _a) ? null : "one end knows an old certificate of the other";
    }

    private static bool Knows(ExplorerNode node, ExplorerNode peer) =>
        node.Machine.Status.Any(s => s.Peer is { } known && known.Certificate.Span.SequenceEqual(peer.Identity.Identity.Certificates[0].Span));

    private bool Wanted() =>
        (_a is { Wants: true, IsShutDown: false } || _b is { Wants: true, IsShutDown: false }) && _a.LinkIsUp && _b.LinkIsUp
        && !_a.IsShutDown && !_b.IsShutDown && !_schedule.Setup.BRefuses;

    private void Judge()
    {
        foreach (var node in new[] { _a, _b })
        {
            if (node.Toy is not { } toy)
                continue;
            // Ciphers are made for a message and go with it.
            if (toy.LiveCiphers != 0)
                throw new InvariantException($"{node.Name} keeps {toy.LiveCiphers} ciphers");
            foreach (var secret in node.Secrets)
            {
                if (!secret.IsDisposed)
                    throw new InvariantException($"{node.Name} keeps a shared secret");
            }
        }

        var ids = (_a.Machine.Status.FirstOrDefault(), _b.Machine.Status.FirstOrDefault());
        if (ids is ({ } one, { } other) && (one.IkeSa != other.IkeSa || one.WeInitiated == other.WeInitiated
                                            || one.State != IkeSaState.Established || other.State != IkeSaState.Established))
            throw new InvariantException($"the ends hold different IKE SAs: {one} {other}");
        var channel = _a.Channel is not null;
        if (channel != _b.Channel is not null || channel != _a.Machine.Status.Any())
            throw new InvariantException("one end has a channel");
        var expected = _schedule.Expect switch
        {
            Expectation.One => channel,
            Expectation.None => !channel,
            Expectation.Unbroken => channel && _a.ChannelsClosed + _b.ChannelsClosed == 0,
            _ => true,
        };
        if (!expected)
            throw new InvariantException($"expected {_schedule.Expect}, channel {channel}, closed {_a.ChannelsClosed} and {_b.ChannelsClosed} times");
    }
}
