using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Acp.Asa;
using Acp.Asa.Embedded;
using Acp.Core.Grasp;
using Acp.Linux.Grasp;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Wire;
using Acp.Wire.Netlink;
using AsaLocator = Acp.Asa.AsaLocator;

namespace Acp.Tests.AsaRoom;

/// <summary>Two engines with real sockets in two namespaces, a cable between them. All of it goes with this object.</summary>
internal sealed class SocketWorld : World
{
    private readonly NetworkNamespace _here = NetworkNamespace.CreateUnnamed();
    private readonly NetworkNamespace _there = NetworkNamespace.CreateUnnamed();
    private readonly ConcurrentBag<Socket> _scripts = [];

    public SocketWorld(GraspOptions? options, InsecureQuads? left = null, InsecureQuads? right = null)
    {
        using var here = new RouteSocket(_here);
        using var there = new RouteSocket(_there);
        here.CreateVeth("cable", "cable", _there, 1500, 1500);
        Prepare(here, 1);
        Prepare(there, 2);
        Await(here);
        Await(there);
        LeftNode = Start(_here, options, left);
        RightNode = Start(_there, options, right);
    }

    public GraspNode LeftNode { get; }

    public GraspNode RightNode { get; }

    public override GraspApi Left => LeftNode.Api;

    public override GraspApi Right => RightNode.Api;

    public override Task Run(Task task) => task.WaitAsync(TimeSpan.FromMinutes(1));

    public override AsaLocator? Script(byte[]? answer)
    {
        Socket listener;
        using (_there.Enter())
            listener = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        _scripts.Add(listener);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        listener.Listen();
        _ = Task.Run(async () =>
        {
            var socket = await listener.AcceptAsync();
            _scripts.Add(socket);
            await socket.ReceiveAsync(new byte[4096]);
            if (answer is not null)
                await socket.SendAsync(answer);
        });
        return AsaLocator.Tcp(Ipv6Address.Parse("fd89:b714:f3db::2"), (ushort)((IPEndPoint)listener.LocalEndPoint!).Port);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var socket in _scripts)
            socket.Dispose();
        await LeftNode.DisposeAsync();
        await RightNode.DisposeAsync();
        _here.Dispose();
        _there.Dispose();
    }

    /// <summary>One more engine, beside the left one.</summary>
    public GraspNode StartNeighbor(InsecureQuads? quads = null) => Start(_here, null, quads);

    /// <summary>A peer without an engine, from the left.</summary>
    public Socket ConnectToRight()
    {
        using (_here.Enter())
        {
            var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Connect(new IPEndPoint(IPAddress.Parse("fd89:b714:f3db::2"), RightNode.Port));
            return socket;
        }
    }

    /// <summary>A second subnet on the same cable, for peers that are not the left engine; 1 is the left end, 2 the right.</summary>
    public void AddSubnet()
    {
        foreach (var (where, number) in (ReadOnlySpan<(NetworkNamespace, int)>)[(_here, 1), (_there, 2)])
        {
            using var routes = new RouteSocket(where);
            routes.PutAddress(routes.IndexOf("cable"), InSubnet(number), 64);
        }
    }

    /// <summary>An address in the subnet of <see cref="AddSubnet"/>.</summary>
    public static Ipv6Address InSubnet(int number) => Ipv6Address.Parse($"fd89:b714:fbad::{number}");

    /// <summary>A socket of a peer without an engine, at the left, with one of the addresses there.</summary>
    public Socket OpenAtLeft(Ipv6Address address)
    {
        using (_here.Enter())
        {
            var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(address.ToIPAddress(), 0));
            return socket;
        }
    }

    /// <summary>A peer without an engine, on the right: where it listens is for the left to know.</summary>
    public (Socket Listener, Acp.Asa.AsaLocator Where) ListenOnRight()
    {
        using (_there.Enter())
        {
            var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
            socket.Listen(5);
            return (socket, Acp.Asa.AsaLocator.Tcp(Ipv6Address.Parse("fd89:b714:f3db::2"), (ushort)((IPEndPoint)socket.LocalEndPoint!).Port));
        }
    }

    private static GraspNode Start(NetworkNamespace where, GraspOptions? options, InsecureQuads? quads) => GraspNode.Start(new GraspNodeOptions
    {
        Namespace = where,
        Engine = options ?? new GraspOptions(),
        Network = new StandaloneOptions { Interfaces = ["cable"], InsecureQuads = quads },
    });

    // The kernel may take a second to say that a cable has carrier. It makes the route to an address of its own later than it shows the
    // address (in a work of its own, which waits for whoever is busy with namespaces); who connects to it before that, from the same
    // host, has the cable asked for it, for three seconds and in vain.
    private static void Await(RouteSocket routes) => Assert.True(
        SpinWait.SpinUntil(
            () => routes.FindLink("cable")!.IsRunning
                && routes.Routes().Count(r => r.Type == Rtnetlink.RTN_LOCAL && r.Interface == routes.IndexOf("cable")) >= 2,
            TimeSpan.FromSeconds(10)),
        "the cable does not come up");

    private static void Prepare(RouteSocket routes, int number)
    {
        routes.SetUp(routes.IndexOf("lo"));
        var cable = routes.IndexOf("cable");
        routes.SetAddrGenMode(cable, 1);
        routes.SetUp(cable);
        routes.PutAddress(cable, Ipv6Address.Parse($"fe80::{number}"), 64);
        routes.PutAddress(cable, Ipv6Address.Parse($"fd89:b714:f3db::{number}"), 64);
    }
}
