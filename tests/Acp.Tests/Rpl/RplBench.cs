using Acp.Core;
using Acp.Core.Rpl;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Rpl;

namespace Acp.Tests.Rpl;

/// <summary>One machine, fd89:b714:f3db::800, and hand-made neighbours fe80::1, fe80::2, … on channels 1, 2, ….</summary>
internal sealed class RplBench
{
    public static readonly Ipv6Address Own = Ipv6Address.Parse("fd89:b714:f3db::800");
    public static readonly Ipv6Prefix OwnPrefix = new(Own, 127);
    public static readonly Ipv6Address Local = Ipv6Address.Parse("fe80::ff");

    /// <summary>Roots better and worse than ourselves at equal preference.</summary>
    public static readonly Ipv6Address Better = Ipv6Address.Parse("fd89:b714:f3db::2");

    public static readonly Ipv6Address Worse = Ipv6Address.Parse("fd89:b714:f3db::f000");

    /// <summary>Of those roots, which say what RFC 6550 §17 says.</summary>
    public static readonly DodagConfigurationOption Configuration = new(false, 7, 20, 3, 10, 0, 256, 0, 30, 60);

    /// <summary>Of ourselves: deep DODAGs (docs/rpl.md).</summary>
    public static readonly DodagConfigurationOption OwnConfiguration = Configuration with { MinHopRankIncrease = 2 };

    public RplBench(RplOptions? options = null) =>
        Machine = new RplMachine(options ?? new RplOptions(), Own, OwnPrefix, new SeededRandom(5));

    public RplMachine Machine { get; }

    public Instant Now { get; private set; } = Instant.Zero + TimeSpan.FromDays(1000.5);

    public RplStatus Status => Machine.Status;

    public static Ipv6Address Neighbor(int channel) => new(Ipv6Address.Parse("fe80::").Value + (UInt128)channel);

    public static Ipv6Prefix Target(int number) => new(new Ipv6Address(Ipv6Address.Parse("fd89:b714:f3db:0:1::").Value + (UInt128)(number * 2)), 127);

    public static DioMessage Dio(
        Ipv6Address dodagId, ushort rank = 256, byte version = 240, byte preference = 1, byte dtsn = 240, byte mop = 2,
        byte instance = 0, DodagConfigurationOption? configuration = null) =>
        new(instance, version, rank, preference >= 2, mop, preference, dtsn, dodagId) { Options = [configuration ?? Configuration] };

    /// <summary>What we say as root.</summary>
    public static DioMessage OwnDio() => Dio(Own, rank: 2, configuration: OwnConfiguration);

    public static DaoMessage Dao(byte sequence, params (Ipv6Prefix Prefix, byte Lifetime)[] targets) =>
        new(0, true, sequence, null)
        {
            Options = [.. targets.SelectMany(t => new RplOption[]
                { new RplTargetOption(t.Prefix), new TransitInformationOption(false, 0xc0, 240, t.Lifetime) })],
        };

    public void Up(int channel, int mbps = 1000) => Machine.HandleChannelUp(Now, new ChannelId(channel), Local, mbps);

    public void Down(int channel) => Machine.HandleChannelDown(Now, new ChannelId(channel));

    public void Hear(int channel, RplMessage message, Ipv6Address? destination = null) =>
        Machine.HandleMessage(
            Now,
            new ChannelId(channel),
            Neighbor(channel),
            destination ?? (message is DaoMessage or DaoAckMessage ? Local : Ipv6Address.AllRplNodes),
            RplCodec.Encode(message));

    /// <summary>Moves the clock, waking the machine whenever it asks.</summary>
    public void Advance(TimeSpan span)
    {
        var end = Now + span;
        while (Machine.NextDeadline is { } next && next <= end)
        {
            Now = next > Now ? next : Now;
            Machine.HandleTime(Now);
        }
        Now = end;
    }

    public void Advance(double milliseconds) => Advance(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>What was sent since the last look.</summary>
    public List<(int Channel, Ipv6Address Destination, RplMessage Message)> Sent() =>
        [.. Machine.Actions.Drain().OfType<SendRpl>().Select(s =>
            (s.Channel.Value, s.Destination, RplCodec.TryDecode(s.Icmpv6.Span, out var m, out _) ? m : throw new InvalidOperationException()))];

    public List<T> Sent<T>(int channel) where T : RplMessage =>
        [.. Sent().Where(s => s.Channel == channel).Select(s => s.Message).OfType<T>()];

    /// <summary>Lets time pass while all DAOs sent are acknowledged; gives those DAOs with their channel.</summary>
    public List<(int Channel, DaoMessage Dao)> AdvanceAcknowledging(double milliseconds)
    {
        var all = new List<(int, DaoMessage)>();
        for (var end = Now + TimeSpan.FromMilliseconds(milliseconds); Now < end;)
        {
            foreach (var (channel, _, message) in Sent())
            {
                if (message is not DaoMessage dao)
                    continue;
                all.Add((channel, dao));
                Hear(channel, new DaoAckMessage(0, dao.Sequence, 0, null));
            }
            Advance(1);
        }
        return all;
    }

    public static List<(Ipv6Prefix Prefix, byte Control, byte Sequence, byte Lifetime)> Targets(DaoMessage dao)
    {
        var all = new List<(Ipv6Prefix, byte, byte, byte)>();
        var group = new List<Ipv6Prefix>();
        foreach (var option in dao.Options)
        {
            if (option is RplTargetOption target)
            {
                group.Add(target.Prefix);
            }
            else if (option is TransitInformationOption transit)
            {
                all.AddRange(group.Select(p => (p, transit.PathControl, transit.PathSequence, transit.PathLifetime)));
                group.Clear();
            }
        }
        Assert.Empty(group);
        return all;
    }

    public List<RplFact> Facts() => Machine.Facts.Drain();
}
