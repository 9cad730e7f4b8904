using Acp.Simulation.Reports;

namespace Acp.Simulation.Network;

/// <summary>
/// A link between two nodes. It can be cut (both ends see it go down) or fall silent (nobody sees). Packets queue behind each
/// other at either end, take their time, and may be lost, doubled, held back or too long.
/// </summary>
public sealed class SimulatedLink
{
    /// <summary>A packet that would wait longer than this to be sent is dropped instead.</summary>
    private static readonly TimeSpan LongestQueue = TimeSpan.FromSeconds(1);

    private readonly Simulation _simulation;
    private readonly long[] _freeAt = new long[2];
    private LinkFault _faults;

    internal SimulatedLink(Simulation simulation, int number, SimulatedNode a, SimulatedNode b, LinkQuality quality)
    {
        _simulation = simulation;
        Number = number;
        Quality = quality;
        A = a.Attach(this);
        B = b.Attach(this);
    }

    /// <summary>Its place in the topology's list of edges.</summary>
    public int Number { get; }

    public SimulatedPort A { get; }

    public SimulatedPort B { get; }

    public LinkQuality Quality { get; set; }

    /// <summary>Plugged in: before, nobody has heard of it.</summary>
    public bool IsPlugged { get; private set; }

    /// <summary>Up at both ends.</summary>
    public bool IsUp => IsPlugged && (_faults & LinkFault.Seen) == 0;

    /// <summary>Packets vanish without a sign.</summary>
    public bool IsSilent
    {
        get => (_faults & LinkFault.Unseen) != 0;
        set => Set(LinkFault.Silent, value);
    }

    /// <summary>Up, and carries what is sent.</summary>
    public bool IsWhole => IsUp && !IsSilent;

    public long Lost { get; internal set; }

    public TrafficReport Sent => Meter.Report;

    /// <summary>How often it has come up.</summary>
    internal int Era { get; private set; }

    internal TrafficMeter Meter { get; } = new();

    public SimulatedPort Opposite(SimulatedPort port) => port == A ? B : A;

    /// <summary>Plugs it in, and ends every fault but partitions.</summary>
    public void Up()
    {
        var wasUp = IsUp;
        IsPlugged = true;
        _faults &= ~(LinkFault.Cut | LinkFault.Silent);
        Changed(wasUp);
    }

    /// <summary>Both ends see it go down.</summary>
    public void Cut() => Set(LinkFault.Cut, true);

    internal void Set(LinkFault fault, bool on)
    {
        var wasUp = IsUp;
        _faults = on ? _faults | fault : _faults & ~fault;
        Changed(wasUp);
    }

    /// <summary>Sends a packet of so many octets, all headers counted.</summary>
    internal void Carry(Packet packet, int octets)
    {
        Meter.Count(packet.Kind, octets);
        var quality = Quality;
        if (!IsWhole || octets > quality.Mtu || (quality.Loss > 0 && Chance(quality.Loss)))
        {
            Lost++;
            return;
        }

        var end = packet.From == A ? 0 : 1;
        var now = _simulation.Now.Nanoseconds;
        var begin = Math.Max(now, _freeAt[end]);
        if (begin - now > LongestQueue.Ticks * 100)
        {
            Lost++;
            return;
        }

        _freeAt[end] = begin + octets * 8L * 1_000_000_000 / Math.Max(1, quality.BitsPerSecond);
        var arrival = _freeAt[end] + quality.Latency.Ticks * 100;
        if (quality.Jitter > TimeSpan.Zero)
            arrival += _simulation.Random.NextSpan(quality.Jitter).Ticks * 100;
        if (quality.Reordering > 0 && Chance(quality.Reordering))
            arrival += HoldBack(quality);
        _simulation.Enqueue(packet, new(arrival));
        if (quality.Duplication > 0 && Chance(quality.Duplication))
            _simulation.Enqueue(packet.Copy(), new(arrival + HoldBack(quality)));
    }

    /// <summary>When what TCP sends now has arrived: a lost segment is sent again, after a while.</summary>
    internal TimeSpan CarryReliably(MessageKind kind, int octets)
    {
        Meter.Count(kind, octets);
        var quality = Quality;
        var span = quality.Latency + new TimeSpan(octets * 8L * TimeSpan.TicksPerSecond / Math.Max(1, quality.BitsPerSecond));
        if (quality.Jitter > TimeSpan.Zero)
            span += _simulation.Random.NextSpan(quality.Jitter);
        // RFC 6298: at least a second by the letter, 200 ms on Linux; doubling.
        for (var wait = TimeSpan.FromMilliseconds(200); quality.Loss > 0 && Chance(Math.Min(quality.Loss, 0.9)); wait *= 2)
            span += wait;
        return span;
    }

    private long HoldBack(LinkQuality quality) =>
        1_000_000 + _simulation.Random.NextSpan(4 * quality.Latency + TimeSpan.FromMilliseconds(1)).Ticks * 100;

    private bool Chance(double part) => _simulation.Random.NextUInt32() < part * uint.MaxValue;

    private void Changed(bool wasUp)
    {
        _simulation.NoteLinkChanged(this, (int)_faults);
        if (IsUp == wasUp)
            return;
        if (IsUp)
        {
            Era++;
            A.Up();
            B.Up();
        }
        else
        {
            A.Down();
            B.Down();
        }
    }
}
