using System.Net;
using System.Net.Sockets;
using Acp.Asa;
using Acp.Core.Grasp;
using Acp.Tests.AsaRoom;
using Acp.Tests.GraspEngineRoom;
using Acp.Wire;
using Acp.Wire.Grasp;
using Objective = Acp.Asa.Objective;

namespace Acp.Tests.Grasp;

/// <summary>Peers on real sockets that connect and do harm by what they do not say, or do not read.</summary>
public sealed class HostileConnectionTests
{
    private const int MiB = 1 << 20;

    // However long the test takes, it is not time that closes a stream.
    private static readonly GraspOptions Patient = new() { SilentStreamTimeout = TimeSpan.FromHours(1) };
    private static readonly Objective Given = Objective.Synchronizable("x:given", 7);

    [Fact]
    public async Task I26_J14_a_peer_that_opens_10000_connections_and_says_nothing_has_256_of_them()
    {
        await using var world = new SocketWorld(Patient);
        await Serve(world);
        using var enemy = new SilentPeer(world);
        await enemy.ConnectAsync(10_000);
        var most = new GraspOptions().MaxSilentStreamsPerPeer;
        await Eventually(async () =>
            await world.RightNode.InspectAsync(e => e.Counters.Dropped(GraspDropReason.Overload)) == 10_000 - most);
        Assert.Equal(most, await world.RightNode.InspectAsync(e => e.ConnectionCount));
        // Somebody else, at another address, is served while they stand there.
        Assert.Equal(Given.Value, (await Ask(world)).Value);
        Assert.Equal(most, await world.RightNode.InspectAsync(e => e.ConnectionCount - e.KeptCount));
    }

    [Fact]
    public async Task J14_unfinished_messages_of_all_streams_together_are_bounded()
    {
        await using var world = new SocketWorld(Patient);
        await Serve(world);
        using var enemy = new SilentPeer(world);
        await enemy.ConnectAsync(100);
        // Each promises 250,000 octets and gives all but the last: 25 MB, if anybody kept them.
        byte[] unfinished = [0x83, 0x03, 0x01, 0x5a, 0x00, 0x03, 0xd0, 0x90, .. new byte[249_999]];
        await enemy.SendAsync(unfinished);
        await Eventually(() => Task.FromResult(enemy.CountClosed() >= 65));
        Assert.Equal(Given.Value, (await Ask(world)).Value);
        Assert.InRange(enemy.CountClosed(), 65, 99);
    }

    [Fact]
    public async Task J14_a_peer_that_asks_and_does_not_read_is_let_go()
    {
        await using var world = new SocketWorld(new GraspOptions { KeepStreams = TimeSpan.FromSeconds(5) });
        await Serve(world, new byte[1100]);
        using var enemy = new SilentPeer(world);
        await enemy.ConnectAsync(1);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        // On a kept stream it may ask again and again: 40 MB of answers.
        var request = new Acp.Wire.Grasp.Objective(Given.Name, Samples.Synch, 6, Samples.Value(0));
        var batch = Enumerable.Range(0, 100).SelectMany(i => new RequestSynchronizationMessage((uint)i, request).Encode()).ToArray();
        for (var i = 0; i < 400 && enemy.CountClosed() == 0; i++)
            await enemy.SendAsync(batch);
        await Eventually(() => Task.FromResult(enemy.CountClosed() == 1));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 8 * MiB);
        Assert.Equal(1100, (await Ask(world)).Value.ToBytes().Length);
    }

    private static async Task Serve(SocketWorld world, CborValue? value = null)
    {
        var asa = await world.Right.RegisterAsaAsync("server");
        await asa.RegisterObjectiveAsync(Given);
        await asa.ListenSynchronizeAsync(Given with { Value = value ?? Given.Value });
    }

    private static async Task<Objective> Ask(SocketWorld world)
    {
        await using var asa = await world.Left.RegisterAsaAsync("asking");
        return await asa.SynchronizeAsync(Given, Acp.Asa.AsaLocator.Tcp(Ipv6Address.Parse("fd89:b714:f3db::2"), world.RightNode.Port), TimeSpan.FromSeconds(30));
    }

    private static async Task Eventually(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
            await Task.Delay(20, limit.Token);
    }

    /// <summary>At the left, with an address that is not the left engine's.</summary>
    private sealed class SilentPeer : IDisposable
    {
        private readonly SocketWorld _world;
        private readonly List<Socket> _sockets = [];

        public SilentPeer(SocketWorld world)
        {
            _world = world;
            world.AddSubnet();
        }

        public async Task ConnectAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var socket = _world.OpenAtLeft(SocketWorld.InSubnet(1));
                _sockets.Add(socket);
                await socket.ConnectAsync(new IPEndPoint(SocketWorld.InSubnet(2).ToIPAddress(), _world.RightNode.Port));
            }
        }

        /// <summary>On every connection, for as long as the other end takes it.</summary>
        public async Task SendAsync(byte[] bytes)
        {
            foreach (var socket in _sockets)
            {
                try
                {
                    using var stuck = new CancellationTokenSource(TimeSpan.FromSeconds(10));
                    await socket.SendAsync(bytes, stuck.Token);
                }
                catch (SocketException)
                {
                    // Closed: which is what the test counts.
                }
            }
        }

        /// <summary>Connections that the other end has closed, or reset, whatever lies in them unread.</summary>
        public int CountClosed() => _sockets.Count(s => TcpState(s) != Established);

        public void Dispose() => _sockets.ForEach(s => s.Dispose());

        private const byte Established = 1;

        // struct tcp_info begins with the state; TCP_INFO of netinet/tcp.h.
        private static byte TcpState(Socket socket)
        {
            var info = new byte[104];
            socket.GetRawSocketOption(6, 11, info);
            return info[0];
        }
    }
}
