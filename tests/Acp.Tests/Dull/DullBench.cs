using Acp.Core;
using Acp.Core.Dull;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Tests.Dull;

/// <summary>One DULL machine on virtual time, and a hand to forge what reaches it.</summary>
internal sealed class DullBench
{
    public static readonly Ipv6Address Own = Ipv6Address.Parse("fe80::a");
    public static readonly Ipv6Address Peer = Ipv6Address.Parse("fe80::b");
    public static readonly Ipv6Address Third = Ipv6Address.Parse("fe80::c");
    public static readonly LinkId Link = new(7);
    public static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    public DullBench(DullOptions? options = null, ulong seed = 1, bool announcing = true, bool up = true)
    {
        Options = options ?? new DullOptions();
        Machine = new DullMachine(Options, Link, new SeededRandom(seed));
        Now = Start;
        if (announcing)
            Machine.SetAnnouncing(Now, true);
        if (up)
            Machine.HandleLinkUp(Now, Own);
    }

    /// <summary>Arbitrary, so that a look at a real clock would show.</summary>
    public static Instant Start { get; } = new(8_123_456_789_000);

    public DullOptions Options { get; }

    public DullMachine Machine { get; }

    public Instant Now { get; private set; }

    /// <summary>Every action so far with the moment it came.</summary>
    public List<(Instant At, DullAction Action)> Log { get; } = [];

    public IEnumerable<(Instant At, FloodMessage Flood)> Floods =>
        Collect().Where(e => e.Action is DullAction.SendMulticast).Select(e => (e.At, Decode((DullAction.SendMulticast)e.Action)));

    public static FloodMessage Decode(DullAction.SendMulticast send)
    {
        Assert.True(GraspMessage.TryDecode(send.Payload.Span, out var message, out var refusal), refusal.ToString());
        return Assert.IsType<FloodMessage>(message);
    }

    public static FloodMessage Flood(Ipv6Address source, params FloodEntry[] entries) =>
        new(77, source, TimeSpan.FromMilliseconds(210_000), entries.ToValueList());

    public static FloodEntry Offer(Ipv6Address address, string method = "IKEv2", ushort port = 500) =>
        new(new AnAcpObjective(method).ToObjective(), new Ipv6Locator(address, TransportProtocol.Udp, port));

    public List<(Instant At, DullAction Action)> Collect()
    {
        while (Machine.Actions.TryTake(out var action))
            Log.Add((Now, action));
        return Log;
    }

    public void Receive(Ipv6Address source, FloodMessage flood, int hopLimit = 1) => Receive(source, flood.Encode(), hopLimit);

    public void Receive(Ipv6Address source, byte[] payload, int hopLimit = 1)
    {
        Machine.HandleDatagram(Now, source, hopLimit, payload);
        Collect();
    }

    /// <summary>Goes from deadline to deadline, never past one.</summary>
    public void RunTo(Instant end)
    {
        while (Machine.NextDeadline is { } next && next <= end)
        {
            Now = next > Now ? next : Now;
            Machine.HandleTime(Now);
            Collect();
            Assert.True(Machine.NextDeadline is not { } again || again > Now, "a deadline that was handled is still due");
        }
        Now = end;
        Machine.HandleTime(Now);
        Collect();
    }

    public void RunFor(TimeSpan span) => RunTo(Now + span);

    public List<T> Of<T>()
        where T : DullAction => Collect().Select(e => e.Action).OfType<T>().ToList();
}
