using Acp.Asa.Embedded;
using Acp.Core.Grasp;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Tests.GraspEngineRoom;

/// <summary>One engine in a <see cref="TestNetwork"/>, with its ASAs' calls and what became of them.</summary>
internal sealed class TestNode(TestNetwork network, int number)
{
    private long _commands;
    private SimulatedNode? _simulated;

    public TestNetwork Network => network;

    public int Number => number;

    /// <summary>Set once, when the network has it.</summary>
    public SimulatedNode Simulated
    {
        get => _simulated ?? throw new InvalidOperationException("not in the network yet");
        set => _simulated = value;
    }

    public Acp.Core.Grasp.GraspEngine Engine => Simulated.Engine;

    public Ipv6Address Address => Simulated.Address;

    public Ipv6Address LinkLocal => Simulated.LinkLocal;

    public GraspNeighbor AsNeighbor => Simulated.AsNeighbor;

    public Dictionary<GraspInterfaceId, SimulatedLink> Links => Simulated.Links;

    public Dictionary<ConnectionId, (SimulatedNode Node, ConnectionId Id)> Streams => Simulated.Streams;

    public Dictionary<CommandId, GraspResult> Results { get; } = [];

    public List<GraspFact> Facts { get; } = [];

    /// <summary>What this node said, message by message.</summary>
    public List<GraspMessage> Sent { get; } = [];

    public List<GraspAction> Actions { get; } = [];

    /// <summary>What the engine wants done, before it is.</summary>
    public void Note(GraspAction action)
    {
        Actions.Add(action);
        switch (action)
        {
            case GraspAction.SendMulticast a:
                Note(a.Message.Span);
                break;
            case GraspAction.SendToNeighbor a:
                Note(a.Message.Span);
                break;
            case GraspAction.SendOnStream a:
                Note(a.Message.Span);
                break;
            case GraspAction.Complete a:
                Assert.True(Results.TryAdd(a.Command, a.Result), $"{a.Command} is answered twice");
                break;
        }
    }

    public IEnumerable<T> SentOf<T>() => Sent.OfType<T>();

    public CommandId Begin(GraspCommand command)
    {
        var id = new CommandId(++_commands);
        Engine.HandleCommand(Network.Now, id, command);
        Network.Perform(this);
        return id;
    }

    /// <summary>A call that is answered at once.</summary>
    public GraspResult Call(GraspCommand command)
    {
        var id = Begin(command);
        Assert.True(Results.TryGetValue(id, out var result), $"{command} is not answered");
        return result!;
    }

    public T Call<T>(GraspCommand command)
        where T : GraspResult => Assert.IsType<T>(Call(command));

    /// <summary>The answer to a call, after the network has run for so long; it fails when there is none.</summary>
    public GraspResult Await(CommandId id, double seconds = 5)
    {
        Network.Advance(TimeSpan.FromSeconds(seconds), () => Results.ContainsKey(id));
        Assert.True(Results.TryGetValue(id, out var result), $"{id} is not answered");
        return result!;
    }

    public T Await<T>(CommandId id, double seconds = 5)
        where T : GraspResult => Assert.IsType<T>(Await(id, seconds));

    public AsaHandle Asa(string name = "asa") => Call<GraspResult.AsaRegistered>(new GraspCommand.RegisterAsa(name)).Asa;

    public AsaHandle Asa(Objective objective, string name = "asa")
    {
        var asa = Asa(name);
        Assert.Equal(GraspError.ok, Call(new GraspCommand.RegisterObjective(asa, objective)).Error);
        return asa;
    }

    private void Note(ReadOnlySpan<byte> bytes)
    {
        if (GraspMessage.TryDecode(bytes, Engine.StreamLimits, out var message, out _))
            Sent.Add(message);
    }
}
