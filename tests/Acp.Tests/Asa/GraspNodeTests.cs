using System.Net.Sockets;
using Acp.Asa;
using Acp.Asa.Embedded;
using Acp.Linux.Grasp;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Linux.Sockets;
using Acp.Wire;
using Acp.Wire.Grasp;
using Objective = Acp.Asa.Objective;

namespace Acp.Tests.AsaRoom;

/// <summary>The embedded engine: its sockets, its links, its end.</summary>
public class GraspNodeTests
{
    private static readonly Objective Weather = Objective.Synchronizable("EX2");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Two_engines_share_a_host_and_find_each_other()
    {
        await using var world = new SocketWorld(null);
        await using var neighbor = world.StartNeighbor();
        Assert.NotEqual(world.LeftNode.Port, neighbor.Port);
        var source = await world.LeftNode.RegisterAsaAsync("source");
        await source.RegisterObjectiveAsync(Weather);
        await source.ListenSynchronizeAsync(Weather with { Value = "fog" });
        var reader = await neighbor.RegisterAsaAsync("reader");
        Assert.Equal("fog", (await reader.SynchronizeAsync(Weather).WaitAsync(Patience)).Value.ToText());
    }

    [Fact]
    public async Task H53_what_an_engine_says_to_all_is_heard_by_others_on_its_host_and_not_by_itself()
    {
        await using var world = new SocketWorld(null);
        await using var neighbor = world.StartNeighbor();
        var paper = await world.LeftNode.RegisterAsaAsync("paper");
        await paper.RegisterObjectiveAsync(Weather);
        var readers = new[] { await neighbor.RegisterAsaAsync("reader"), await world.RightNode.RegisterAsaAsync("reader") };
        await paper.FloodAsync(TimeSpan.FromMinutes(1), Weather with { Value = "fog" });
        foreach (var reader in readers)
        {
            await foreach (var flood in reader.WatchFloodsAsync(Weather.Name).WithCancellation(new CancellationTokenSource(Patience).Token))
            {
                Assert.Equal("fog", flood.Objective.Value.ToText());
                break;
            }
        }
        var heard = await Task.WhenAll(new[] { world.LeftNode, neighbor, world.RightNode }.Select(n => n.InspectAsync(e => e.Counters.LinkMessages)));
        Assert.Equal([0, 1, 1], heard);
    }

    [Fact]
    public async Task A_link_that_comes_later_is_used_and_what_was_sought_is_found()
    {
        using var here = NetworkNamespace.CreateUnnamed();
        using var there = NetworkNamespace.CreateUnnamed();
        await using var left = GraspNode.Start(new GraspNodeOptions { Namespace = here });
        await using var right = GraspNode.Start(new GraspNodeOptions { Namespace = there });
        var source = await right.RegisterAsaAsync("source");
        await source.RegisterObjectiveAsync(Weather, new ObjectiveRegistration { Discoverable = true });
        var seeker = await left.RegisterAsaAsync("seeker");
        var search = seeker.DiscoverFirstAsync(Weather, Patience);
        using (var routes = new RouteSocket(here))
        using (var far = new RouteSocket(there))
        {
            routes.CreateVeth("late", "late", there, 1500, 1500);
            far.PutAddress(far.IndexOf("late"), Ipv6Address.Parse("fe80::2"), 64);
            far.SetUp(far.IndexOf("late"));
            routes.PutAddress(routes.IndexOf("late"), Ipv6Address.Parse("fe80::1"), 64);
            routes.SetUp(routes.IndexOf("late"));
        }

        // Nobody has an address of more than link scope, so link-local ones have to do (H-21).
        var found = await search.WaitAsync(Patience);
        Assert.True(Assert.IsType<Ipv6Locator>(found!.Locator).Address.IsLinkLocal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_so_at_once()
    {
        using var here = NetworkNamespace.CreateUnnamed();
        var options = new GraspNodeOptions { Namespace = here, Network = new StandaloneOptions { Port = 7017 } };
        await using var first = GraspNode.Start(options);
        Assert.Equal(7017, first.Port);
        var taken = Assert.Throws<SocketSetupException>(() => GraspNode.Start(options));
        Assert.Contains("7017", taken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_the_engine_ends_what_waits_and_what_is_asked_later()
    {
        using var here = NetworkNamespace.CreateUnnamed();
        var node = GraspNode.Start(new GraspNodeOptions { Namespace = here });
        var asa = await node.RegisterAsaAsync("asa");
        await asa.RegisterObjectiveAsync(Weather);
        var search = asa.DiscoverAsync(Weather, TimeSpan.FromMinutes(5));
        await node.DisposeAsync();
        Assert.Equal(GraspError.noSecurity, (await Assert.ThrowsAsync<GraspUnavailableException>(() => search.WaitAsync(Patience))).Error);
        await Assert.ThrowsAsync<GraspUnavailableException>(() => asa.GetFloodAsync("EX2").WaitAsync(Patience));
        await asa.DisposeAsync();
        await node.DisposeAsync();
    }

    [Fact]
    public async Task I28_a_call_may_be_awaited_waited_for_or_looked_at_now_and_then()
    {
        await using var world = new SocketWorld(null);
        var source = await world.RightNode.RegisterAsaAsync("source");
        await source.RegisterObjectiveAsync(Weather);
        await source.ListenSynchronizeAsync(Weather with { Value = 5 });
        var reader = await world.LeftNode.RegisterAsaAsync("reader");
        var awaited = await reader.SynchronizeAsync(Weather).WaitAsync(Patience);
        var blocked = await Task.Factory.StartNew(
            () => reader.SynchronizeAsync(Weather).WaitAsync(Patience).GetAwaiter().GetResult(),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var polled = reader.SynchronizeAsync(Weather);
        Assert.True(SpinWait.SpinUntil(() => polled.IsCompleted, Patience)); // until then it is RFC 8991's noReply
        Assert.Equal([5, 5, 5], new[] { awaited, blocked, await polled }.Select(o => o.Value.ToInt64()));
    }

    /// <summary>Trap 3: GRASP over TCP has no framing but CBOR's own.</summary>
    [Fact]
    public async Task H51_a_request_may_come_octet_by_octet_and_the_answer_is_whole()
    {
        await using var world = new SocketWorld(null);
        var source = await world.RightNode.RegisterAsaAsync("source");
        await source.RegisterObjectiveAsync(Weather);
        await source.ListenSynchronizeAsync(Weather with { Value = 77 });
        var request = new RequestSynchronizationMessage(4711, Weather.ToWire()).Encode();
        using var client = world.ConnectToRight();
        foreach (var octet in request)
            client.Send([octet]);
        var answer = ReadToEnd(client);
        Assert.True(GraspMessage.TryDecode(answer, out var message, out _));
        var synch = Assert.IsType<SynchMessage>(message);
        Assert.Equal(4711u, synch.SessionId);
        Assert.Equal(77, CborValue.FromEncoded(synch.Objective.Value!.Value.Memory).ToInt64());
    }

    [Theory]
    [InlineData("ff")] // no CBOR
    [InlineData("5b7fffffffffffffff")] // an octet string larger than any memory
    [InlineData("9bffffffffffffffff")] // and an array
    public async Task Q02_a_stream_of_nonsense_is_closed_and_others_are_served(string hex)
    {
        await using var world = new SocketWorld(null);
        using (var client = world.ConnectToRight())
        {
            client.Send(Convert.FromHexString(hex));
            Assert.Empty(ReadToEnd(client));
        }
        var source = await world.RightNode.RegisterAsaAsync("source");
        await source.RegisterObjectiveAsync(Weather);
        await source.ListenSynchronizeAsync(Weather with { Value = 1 });
        var reader = await world.LeftNode.RegisterAsaAsync("reader");
        Assert.Equal(1, (await reader.SynchronizeAsync(Weather).WaitAsync(Patience)).Value.ToInt64());
    }

    private static byte[] ReadToEnd(Socket client)
    {
        client.ReceiveTimeout = 20_000;
        var all = new List<byte>();
        var buffer = new byte[4096];
        try
        {
            while (client.Receive(buffer) is > 0 and var read)
                all.AddRange(buffer[..read]);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // closed with something unread: closed all the same
        }
        return [.. all];
    }
}
