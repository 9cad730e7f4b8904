using Acp.Core;
using Acp.Core.Grasp;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Tests.GraspEngineRoom;

/// <summary>
/// One engine on one or two multicast links, and a peer without an engine at the other end, which says what the test has
/// it say: what graspy was seen to do on the wire, for one.
/// </summary>
internal sealed class ScriptedPeer
{
    public static readonly GraspInterfaceId Link = new(1);
    public static readonly Ipv6Address Address = Ipv6Address.Parse("fd89:b714:f3db::99");
    public static readonly Ipv6Address LinkLocal = Ipv6Address.Parse("fe80::99");

    private long _commands;

    public ScriptedPeer(GraspOptions? options = null, int links = 1)
    {
        Engine = new Acp.Core.Grasp.GraspEngine(options ?? GraspOptions.ForStandalone, new SeededRandom(7));
        Engine.SetAddress(Now, OurAddress, GraspConstants.GRASP_LISTEN_PORT);
        Engine.SetOperational(Now, true);
        for (var link = 1; link <= links; link++)
            Engine.HandleInterfaceUp(Now, new GraspInterface(new GraspInterfaceId(link), GraspInterfaceKind.Multicast, OurLinkLocal));
        Settle();
    }

    public static Ipv6Address OurAddress { get; } = Ipv6Address.Parse("fd89:b714:f3db::1");

    public static Ipv6Address OurLinkLocal { get; } = Ipv6Address.Parse("fe80::1");

    public Acp.Core.Grasp.GraspEngine Engine { get; }

    public Instant Now { get; private set; } = new(987_654_321_000);

    public List<GraspAction> Actions { get; } = [];

    public Dictionary<CommandId, GraspResult> Results { get; } = [];

    public AsaHandle Asa(params Objective[] objectives)
    {
        var asa = ((GraspResult.AsaRegistered)Call(new GraspCommand.RegisterAsa($"asa{_commands}"))).Asa;
        foreach (var objective in objectives)
            Assert.Equal(GraspError.ok, Call(new GraspCommand.RegisterObjective(asa, objective)).Error);
        return asa;
    }

    public CommandId Begin(GraspCommand command)
    {
        var id = new CommandId(++_commands);
        Engine.HandleCommand(Now, id, command);
        Settle();
        return id;
    }

    public GraspResult Call(GraspCommand command) => Results[Begin(command)];

    public void Advance(TimeSpan time)
    {
        var end = Now + time;
        while (Engine.NextDeadline is { } next && next <= end)
        {
            Now = next > Now ? next : Now;
            Engine.HandleTime(Now);
            Settle();
        }
        Now = end;
    }

    /// <summary>Messages of the engine, by whatever way.</summary>
    public List<T> Sent<T>()
        where T : GraspMessage => [.. Actions.Select(Decoded).OfType<T>()];

    /// <summary>The stream that the engine wants, the newest one.</summary>
    public GraspAction.Connect Wanted => Actions.OfType<GraspAction.Connect>().Last();

    public bool IsClosed(ConnectionId stream) => Actions.Contains(new GraspAction.CloseStream(stream));

    /// <summary>Opens the newest stream that the engine wants.</summary>
    public ConnectionId Accept()
    {
        var stream = Wanted.Connection;
        Engine.HandleConnected(Now, stream);
        Settle();
        return stream;
    }

    public void Close(ConnectionId stream)
    {
        Engine.HandleClosed(Now, stream);
        Settle();
    }

    /// <summary>Opens a stream to the engine.</summary>
    public ConnectionId Connect()
    {
        var stream = Engine.HandleAccepted(Now, Address);
        Assert.NotNull(stream);
        return stream.Value;
    }

    public void Say(ConnectionId stream, GraspMessage message) => Say(stream, message.Encode());

    public void Say(ConnectionId stream, byte[] message)
    {
        Engine.HandleStreamMessage(Now, stream, message);
        Settle();
    }

    public void Multicast(byte[] message, Ipv6Address? source = null, ushort port = 40000, int link = 1)
    {
        Engine.HandleMulticast(Now, new GraspInterfaceId(link), new GraspNeighbor(source ?? LinkLocal, port), message);
        Settle();
    }

    /// <summary>An answer to the engine's newest discovery, on a stream of its own, as responders do.</summary>
    public void Answer(Func<DiscoveryMessage, byte[]> response)
    {
        var stream = Engine.HandleAccepted(Now, LinkLocal, Link);
        Say(stream!.Value, response(Sent<DiscoveryMessage>().Last()));
    }

    /// <summary>The usual answer: a TCP port at our address.</summary>
    public void Answer(ushort port) => Answer(d => new ResponseMessage(d.SessionId, d.Initiator, TimeSpan.FromMinutes(10),
        [new Ipv6Locator(Address, TransportProtocol.Tcp, port)]).Encode());

    private static GraspMessage? Decoded(GraspAction action)
    {
        var bytes = action switch
        {
            GraspAction.SendMulticast a => a.Message,
            GraspAction.SendOnStream a => a.Message,
            _ => default,
        };
        return bytes.Length > 0 && GraspMessage.TryDecode(bytes.Span, out var message, out _) ? message : null;
    }

    private void Settle()
    {
        Engine.Facts.Drain();
        foreach (var action in Engine.Actions.Drain())
        {
            Actions.Add(action);
            if (action is GraspAction.Complete complete)
                Results.Add(complete.Command, complete.Result);
        }
    }
}
