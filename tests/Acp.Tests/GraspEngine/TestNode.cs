using Acp.Asa.Embedded;
using Acp.Core;
using Acp.Core.Grasp;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Tests.GraspEngineRoom;

/// <summary>One engine in a <see cref="TestNetwork"/>, with its ASAs' calls and what became of them.</summary>
internal sealed class TestNode
{
    private long _commands;

    public TestNode(TestNetwork network, int number, GraspOptions options, RandomSource random)
    {
        Network = network;
        Number = number;
        Engine = new Acp.Core.Grasp.GraspEngine(options, random);
        Address = Ipv6Address.Parse($"fd89:b714:f3db::{number + 1:x}");
    }

    public TestNetwork Network { get; }

    public int Number { get; }

    public Acp.Core.Grasp.GraspEngine Engine { get; }

    public Ipv6Address Address { get; set; }

    public Ipv6Address LinkLocal => Ipv6Address.Parse($"fe80::{Number + 1:x}");

    public GraspNeighbor AsNeighbor => new(LinkLocal, GraspConstants.GRASP_LISTEN_PORT);

    public Dictionary<GraspInterfaceId, TestLink> Links { get; } = [];

    public Dictionary<ConnectionId, (TestNode Node, ConnectionId Id)> Streams { get; } = [];

    /// <summary>Takes the answers instead of <see cref="Results"/>, when calls are made through it.</summary>
    public EnginePort? Port { get; set; }

    public Dictionary<CommandId, GraspResult> Results { get; } = [];

    public List<GraspFact> Facts { get; } = [];

    /// <summary>What this node said, message by message.</summary>
    public List<GraspMessage> Sent { get; } = [];

    public List<GraspAction> Actions { get; } = [];

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
}
