using Acp.Core;
using Acp.Core.Grasp;
using Acp.Core.Time;
using Acp.Tests.GraspEngineRoom;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Tests.Grasp;

/// <summary>
/// One engine that others do their worst to: three interfaces, an ASA that listens to negotiations of EX1 and gives EX2 to
/// who asks. What it wants done is looked at and dropped.
/// </summary>
internal sealed class Victim
{
    public static readonly GraspInterface Left = new(new(1), GraspInterfaceKind.Channel, Ipv6Address.Parse("fe80::a1"));
    public static readonly GraspInterface Right = new(new(2), GraspInterfaceKind.Channel, Ipv6Address.Parse("fe80::a2"));
    public static readonly GraspInterface Lan = new(new(3), GraspInterfaceKind.Multicast, Ipv6Address.Parse("fe80::a3"));

    private long _commands;
    private uint _sessions = 0xf000_0000;

    public Victim(GraspOptions? options = null)
    {
        Options = options ?? new GraspOptions();
        Engine = new Acp.Core.Grasp.GraspEngine(Options, new SeededRandom(77));
        Engine.SetAddress(Now, Ipv6Address.Parse("fd89:b714:f3db::a"), GraspConstants.GRASP_LISTEN_PORT);
        Engine.SetOperational(Now, true);
        foreach (var link in (ReadOnlySpan<GraspInterface>)[Left, Right, Lan])
            Engine.HandleInterfaceUp(Now, link);
        Asa = Assert.IsType<GraspResult.AsaRegistered>(Call(new GraspCommand.RegisterAsa("victim"))).Asa;
        Call(new GraspCommand.RegisterObjective(Asa, Samples.Negotiable()));
        Call(new GraspCommand.RegisterObjective(Asa, Samples.Synchronizable()));
        Call(new GraspCommand.ListenSynchronize(Asa, Samples.Synchronizable(2)));
        Engine.Facts.Drain();
    }

    public GraspOptions Options { get; }

    public Acp.Core.Grasp.GraspEngine Engine { get; }

    public AsaHandle Asa { get; }

    public Instant Now { get; private set; } = new(5_000_000_000_000);

    public static GraspNeighbor Neighbor(int number = 1) => new(new Ipv6Address(0xfe80_0000_0000_0000, (ulong)number), GraspConstants.GRASP_LISTEN_PORT);

    /// <summary>Lets time pass, and gives what the engine wants done.</summary>
    public List<GraspAction> Pass(TimeSpan time)
    {
        var end = Now + time;
        while (Engine.NextDeadline <= end)
        {
            Now = Engine.NextDeadline!.Value > Now ? Engine.NextDeadline.Value : Now;
            Engine.HandleTime(Now);
        }
        Now = end;
        return Actions();
    }

    public List<GraspAction> Actions()
    {
        Engine.Facts.Drain();
        return Engine.Actions.Drain();
    }

    public List<GraspAction> Hear(GraspInterface at, ReadOnlySpan<byte> bytes, int from = 1)
    {
        Engine.HandleMulticast(Now, at.Id, Neighbor(from), bytes);
        return Actions();
    }

    /// <summary>A stream of its own; null when it was not accepted.</summary>
    public ConnectionId? Say(Ipv6Address from, ReadOnlySpan<byte> bytes)
    {
        if (Engine.HandleAccepted(Now, from) is not { } stream)
            return null;
        Engine.HandleStreamMessage(Now, stream, bytes);
        return stream;
    }

    public CommandId Begin(GraspCommand command)
    {
        var id = new CommandId(++_commands);
        Engine.HandleCommand(Now, id, command);
        return id;
    }

    public GraspResult Call(GraspCommand command)
    {
        var id = Begin(command);
        return Engine.Actions.Drain().OfType<GraspAction.Complete>().Single(c => c.Command == id).Result;
    }

    /// <summary>
    /// Somebody else gets a value, a negotiation and an answer to a discovery, each at once: in no more steps than in a quiet
    /// engine.
    /// </summary>
    public void AssertOthersAreServed()
    {
        var other = Ipv6Address.Parse("fd89:b714:f3db::beef");
        Actions();
        Assert.NotNull(Say(other, new RequestSynchronizationMessage(++_sessions, Samples.Synchronizable() with { Value = Samples.Value(0) }).Encode()));
        Assert.Contains(Actions(), a => a is GraspAction.SendOnStream s && Read(s.Message) is SynchMessage { Objective.Value: { } value } && value == Samples.Value(2));

        var listening = Begin(new GraspCommand.ListenNegotiate(Asa, "EX1"));
        // Whoever waited before may be first: this one must be reached.
        for (var waited = 0; ; waited++)
        {
            Assert.True(waited <= Options.MaxListenBacklog, "the listener never gets to the new request");
            if (waited == 0)
                Assert.NotNull(Say(other, new RequestNegotiationMessage(++_sessions, Samples.Negotiable(waited)).Encode()));
            var request = Assert.IsType<GraspResult.NegotiationRequested>(
                Actions().OfType<GraspAction.Complete>().Single(c => c.Command == listening).Result);
            Assert.Equal(GraspError.ok, Call(new GraspCommand.EndNegotiate(Asa, request.Session, true)).Error);
            if (request.Peer == other)
                break;
            listening = Begin(new GraspCommand.ListenNegotiate(Asa, "EX1"));
        }

        var answers = Hear(Right, new DiscoveryMessage(++_sessions, other, Samples.Synchronizable()).Encode(), from: 99);
        Assert.Contains(answers, a => a is GraspAction.SendToNeighbor s && Read(s.Message) is ResponseMessage);
    }

    public static GraspMessage? Read(ByteString message) => GraspMessage.TryDecode(message.Span, out var read, out _) ? read : null;
}
