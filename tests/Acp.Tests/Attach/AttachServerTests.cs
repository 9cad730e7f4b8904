using System.Diagnostics;
using System.Net.Sockets;
using Acp.Asa;
using Acp.Asa.Embedded;
using Acp.Daemon.Attach;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Wire;
using Acp.Wire.Attach;
using Acp.Wire.Grasp;
using Microsoft.Extensions.Logging.Abstractions;
using Objective = Acp.Asa.Objective;

namespace Acp.Tests.AttachRoom;

/// <summary>Programs that attach: how they come, what they may cost, and what is left when they go.</summary>
public sealed class AttachServerTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly Objective Money = Objective.Negotiable("EX1");

    private readonly string _directory = Directory.CreateTempSubdirectory("acp-attach").FullName;
    private readonly NetworkNamespace _namespace = NetworkNamespace.CreateUnnamed();
    private readonly GraspNode _node;
    private AttachServer? _server;

    public AttachServerTests()
    {
        using (var routes = new RouteSocket(_namespace))
            routes.SetUp(routes.IndexOf("lo"));
        _node = GraspNode.Start(new GraspNodeOptions { Namespace = _namespace });
    }

    private string SocketPath => Path.Combine(_directory, "test.grasp.sock");

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        await _node.DisposeAsync();
        _namespace.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task I04_a_program_that_dies_leaves_nothing_and_its_peer_hears_it()
    {
        Serve();
        var dying = await GraspApi.AttachAsync(SocketPath);
        await using var living = await GraspApi.AttachAsync(SocketPath);
        var seller = await dying.RegisterAsaAsync("seller");
        await seller.RegisterObjectiveAsync(Money);
        var asked = new TaskCompletionSource();
        _ = Task.Run(async () =>
        {
            await foreach (var request in seller.ListenNegotiateAsync("EX1"))
                asked.SetResult();
        });
        await Assert.ThrowsAsync<GraspUsageException>(() => living.RegisterAsaAsync("seller"));
        await using var beside = GraspNode.Start(new GraspNodeOptions { Namespace = _namespace });
        var other = await beside.RegisterAsaAsync("other");
        await other.RegisterObjectiveAsync(Money);
        var request = other.RequestNegotiateAsync(Money, AsaLocator.Tcp(Ipv6Address.Parse("::1"), _node.Port));
        await asked.Task.WaitAsync(Patience);

        var watch = Stopwatch.StartNew();
        await dying.DisposeAsync();
        var heard = await Assert.ThrowsAsync<GraspPeerException>(() => request.WaitAsync(Patience));
        Assert.Equal(GraspError.noPeer, heard.Error);
        await using var again = await Eventually(() => living.RegisterAsaAsync("seller"));
        await again.RegisterObjectiveAsync(Money);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5));
        Assert.Equal(1, _server!.AgentCount);
    }

    [Fact]
    public async Task I03_handles_of_others_are_of_no_use()
    {
        Serve();
        using var one = await RawAsync();
        using var two = await RawAsync();
        var asa = (await AskAsync(one, new AttachCall.RegisterAsa("one"))).Asa;
        Assert.NotEqual(0u, asa);
        Assert.Equal(GraspError.noASA, (await AskAsync(two, new AttachCall.DeregisterAsa(asa, "one"))).Error);
        Assert.Equal(GraspError.noASA, (await AskAsync(two, new AttachCall.GetFlood(asa, "EX1"))).Error);
        Assert.Equal(GraspError.ok, (await AskAsync(one, new AttachCall.GetFlood(asa, "EX1"))).Error);
    }

    [Fact]
    public async Task I26_one_program_has_so_many_asas_and_calls_and_no_more()
    {
        Serve(new AttachOptions { MaxAsas = 2, MaxOpenCalls = 3 });
        await using var api = await GraspApi.AttachAsync(SocketPath);
        await using var one = await api.RegisterAsaAsync("one");
        await api.RegisterAsaAsync("two");
        var full = await Assert.ThrowsAsync<GraspUnavailableException>(() => api.RegisterAsaAsync("three"));
        Assert.Equal(GraspError.ASAfull, full.Error);

        using var cancel = new CancellationTokenSource();
        var searches = Enumerable.Range(0, 3).Select(_ => one.DiscoverAsync(Money, TimeSpan.FromMinutes(5), cancel: cancel.Token)).ToList();
        var busy = await Assert.ThrowsAsync<GraspUnavailableException>(() => one.GetFloodAsync("EX1"));
        Assert.Equal(GraspError.sessionsFull, busy.Error);
        await cancel.CancelAsync();
        foreach (var search in searches)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => search.WaitAsync(Patience));
        Assert.Empty(await one.GetFloodAsync("EX1"));
    }

    [Fact]
    public async Task The_end_of_acpd_is_said_clearly_and_a_new_one_takes_us()
    {
        Serve();
        await using var api = await GraspApi.AttachAsync(SocketPath);
        var asa = await api.RegisterAsaAsync("asa");
        var search = asa.DiscoverAsync(Money, TimeSpan.FromMinutes(5));
        await _server!.DisposeAsync();
        var gone = await Assert.ThrowsAsync<GraspUnavailableException>(() => search.WaitAsync(Patience));
        Assert.Equal(GraspError.noEngine, gone.Error);
        Assert.Contains("stops", gone.Message, StringComparison.Ordinal);
        gone = await Assert.ThrowsAsync<GraspUnavailableException>(() => asa.GetFloodAsync("EX1").WaitAsync(Patience));
        Assert.Equal(GraspError.noEngine, gone.Error);
        await asa.DisposeAsync();

        var nobody = await Assert.ThrowsAsync<GraspUnavailableException>(() => GraspApi.AttachAsync(SocketPath));
        Assert.Contains("acpd run", nobody.Message, StringComparison.Ordinal);
        Serve();
        await using var fresh = await GraspApi.AttachAsync(SocketPath);
        await using var back = await fresh.RegisterAsaAsync("asa");
    }

    [Fact]
    public async Task I27_only_root_and_its_group_may_attach()
    {
        Serve();
        const UnixFileMode Expected = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        Assert.Equal(Expected, File.GetUnixFileMode(SocketPath) & (UnixFileMode)0x1ff);
        File.SetUnixFileMode(_directory, (UnixFileMode)0x1ed); // others may come as far as the socket
        var start = new ProcessStartInfo("setpriv")
        {
            RedirectStandardError = true,
            ArgumentList =
            {
                "--reuid=65534", "--regid=65534", "--clear-groups",
                "python3", "-c", $"import socket; socket.socket(socket.AF_UNIX).connect('{SocketPath}')",
            },
        };
        start.Environment["PATH"] = "/usr/bin:/bin"; // no shims out of somebody's home
        using var stranger = Process.Start(start)!;
        var error = await stranger.StandardError.ReadToEndAsync();
        await stranger.WaitForExitAsync();
        Assert.Contains("PermissionError", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nonsense_and_other_versions_are_dropped_and_counted_by_reason()
    {
        Serve(new AttachOptions { HelloTimeout = TimeSpan.FromMilliseconds(200), MaxAgents = 1 });
        await DroppedAsync(AttachDropReason.Version, "ff"); // no CBOR
        await DroppedAsync(AttachDropReason.Version, "9f00026161ff"); // [0, 2, "a"]
        await DroppedAsync(AttachDropReason.Version, "9f0205ff"); // no hello
        await DroppedAsync(AttachDropReason.Silent, "");
        await DroppedAsync(AttachDropReason.Silent, "9f0001"); // half of one
        const string Hello = "9f00016161ff";
        await DroppedAsync(AttachDropReason.BadMessage, Hello + "ff");
        await DroppedAsync(AttachDropReason.BadMessage, Hello + Hello); // again
        await DroppedAsync(AttachDropReason.BadMessage, Hello + "83015b7fffffffffffffff"); // an octet string larger than any memory
        await DroppedAsync(AttachDropReason.BadMessage, Hello + string.Concat(Enumerable.Repeat("81", 10_000))); // nested 10,000 deep
        await DroppedAsync(AttachDropReason.BadMessage, Hello + "83010017"); // function 23

        using var first = await RawAsync();
        using var second = Connect();
        Assert.Contains("attached already", Assert.IsType<AttachMessage.Bye>(await ReadAsync(second)).Reason, StringComparison.Ordinal);
        Assert.Equal(1, _server!.Dropped(AttachDropReason.TooMany));
        Assert.Equal(GraspError.ok, (await AskAsync(first, new AttachCall.RegisterAsa("still"))).Error);
    }

    [Fact]
    public async Task J14_a_program_that_reads_nothing_is_dropped_while_others_are_served()
    {
        Serve(new AttachOptions { MaxUnread = 100_000 });
        await using var api = await GraspApi.AttachAsync(SocketPath);
        var asa = await api.RegisterAsaAsync("good");
        using var slow = await RawAsync();
        byte[] calls = [.. Enumerable.Range(1, 500).SelectMany(n => new AttachMessage.Call((uint)n, new AttachCall.GetFlood(1, "EX1")).Encode())];
        try
        {
            while (_server!.Dropped(AttachDropReason.SlowReader) == 0)
            {
                await slow.SendAsync(calls).WaitAsync(Patience);
                Assert.Empty(await asa.GetFloodAsync("EX1").WaitAsync(Patience));
            }
        }
        catch (SocketException)
        {
            // dropped while we wrote
        }
        await Eventually(() => _server!.AgentCount == 1 ? Task.FromResult(true) : throw new GraspUsageException(GraspError.unspec, "not yet"));
        Assert.Equal(1, _server!.Dropped(AttachDropReason.SlowReader));
    }

    [Fact]
    public async Task A_call_number_in_use_is_refused_and_a_cancel_of_nothing_is_nothing()
    {
        Serve();
        using var raw = await RawAsync();
        var asa = (await AskAsync(raw, new AttachCall.RegisterAsa("asa"))).Asa;
        await raw.SendAsync(new AttachMessage.Cancel(99).Encode());
        var search = new AttachCall.Discover(asa, Money.ToWire(), TimeSpan.FromMinutes(5), TimeSpan.FromTicks(1), 0);
        await raw.SendAsync(new AttachMessage.Call(5, search).Encode());
        await raw.SendAsync(new AttachMessage.Call(5, search).Encode());
        Assert.Equal(GraspError.unspec, Assert.IsType<AttachMessage.Reply>(await ReadAsync(raw)).Answer.Error);
        await raw.SendAsync(new AttachMessage.Cancel(5).Encode());
        Assert.Equal(new AttachMessage.Cancelled(5), await ReadAsync(raw));
    }

    private void Serve(AttachOptions? options = null) => _server = AttachServer.Start(SocketPath, _node.Engine, NullLogger.Instance, options);

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(SocketPath));
        return socket;
    }

    private async Task<Socket> RawAsync()
    {
        var socket = Connect();
        await socket.SendAsync(new AttachMessage.Hello(AttachConstants.Version, "test").Encode());
        Assert.IsType<AttachMessage.Hello>(await ReadAsync(socket));
        return socket;
    }

    private static async Task<AttachReply> AskAsync(Socket socket, AttachCall call)
    {
        await socket.SendAsync(new AttachMessage.Call(1, call).Encode());
        return Assert.IsType<AttachMessage.Reply>(await ReadAsync(socket)).Answer;
    }

    // One message at a time: whoever asks has had all answers before.
    private static async Task<AttachMessage> ReadAsync(Socket socket)
    {
        var buffer = new byte[4096];
        var length = await socket.ReceiveAsync(buffer).WaitAsync(Patience);
        Assert.True(AttachMessage.TryDecode(buffer.AsMemory(0, length), AttachConstants.ReplyLimits, out var message, out _));
        return message!;
    }

    private async Task DroppedAsync(AttachDropReason reason, string hex)
    {
        var before = _server!.Dropped(reason);
        using var socket = Connect();
        await socket.SendAsync(Convert.FromHexString(hex));
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer).WaitAsync(Patience) > 0)
            {
                // what it has to say about it
            }
        }
        catch (SocketException)
        {
            // closed with something unread: closed all the same
        }
        await Eventually(() => _server.AgentCount == 0 ? Task.FromResult(true) : throw new GraspUsageException(GraspError.unspec, "not yet"));
        Assert.True(_server.Dropped(reason) == before + 1, $"{hex} is not dropped for {reason}");
    }

    // What has ended takes a moment to be gone.
    private static async Task<T> Eventually<T>(Func<Task<T>> attempt)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await attempt();
            }
            catch (GraspException) when (watch.Elapsed < Patience)
            {
                await Task.Delay(5);
            }
        }
    }
}
