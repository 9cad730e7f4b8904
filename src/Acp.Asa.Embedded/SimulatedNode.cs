using Acp.Core;
using Acp.Core.Grasp;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Asa.Embedded;

/// <summary>A node of a <see cref="SimulatedGrasp"/>, with an engine of its own.</summary>
public sealed class SimulatedNode
{
    private const ulong NetworkHigh = 0xfd89_b714_f3db_0000;

    private readonly SimulatedGrasp _network;

    internal SimulatedNode(SimulatedGrasp network, int number, GraspOptions options, RandomSource random)
    {
        _network = network;
        Number = number;
        Address = new Ipv6Address(NetworkHigh, (ulong)number + 1);
        LinkLocal = new Ipv6Address(0xfe80UL << 48, (ulong)number + 1);
        Engine = new GraspEngine(options, random);
        Port = new EnginePort(Engine, work =>
        {
            work(network.Now);
            network.Perform(this);
        }, inline: true);
        Api = new GraspApi(Port);
    }

    /// <summary>From 0, in the order they were added.</summary>
    public int Number { get; }

    /// <summary>fd89:b714:f3db::1 and so on.</summary>
    public Ipv6Address Address { get; private set; }

    public Ipv6Address LinkLocal { get; }

    /// <summary>Where ASAs of this node register.</summary>
    public GraspApi Api { get; }

    public bool IsRunning { get; private set; } = true;

    internal GraspEngine Engine { get; }

    internal EnginePort Port { get; }

    internal GraspNeighbor AsNeighbor => new(LinkLocal, GraspConstants.GRASP_LISTEN_PORT);

    internal Dictionary<GraspInterfaceId, SimulatedLink> Links { get; } = [];

    internal Dictionary<ConnectionId, (SimulatedNode Node, ConnectionId Id)> Streams { get; } = [];

    internal Instant? Armed { get; set; }

    internal int Region { get; set; }

    /// <summary>
    /// The node dies, with its ASAs: their calls are answered 16 (noSecurity), and whoever had a connection to it loses it. There is no
    /// way back; its successor is a node of its own.
    /// </summary>
    public void Stop()
    {
        if (!IsRunning)
            return;
        IsRunning = false;
        _network.Cut(this);
        Port.Stop();
    }

    /// <summary>Gives it another address than that of its number.</summary>
    internal void Move(Ipv6Address address)
    {
        _network.Rename(this, address);
        Address = address;
        Engine.SetAddress(_network.Now, address, GraspConstants.GRASP_LISTEN_PORT);
        _network.Perform(this);
    }

    public override string ToString() => Address.ToString();
}
