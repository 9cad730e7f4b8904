using Acp.Daemon;
using Acp.Daemon.Control;
using Microsoft.Extensions.Logging.Abstractions;

namespace Acp.Tests.Daemon;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class ControlSocketTests
{
    [Fact]
    public async Task I27_what_the_daemon_reports_arrives_at_the_other_end_and_nobody_else_may_ask()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "box.sock");
        await using (await ControlServer.StartAsync(path, new Source(), NullLoggerFactory.Instance, default))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path) & (UnixFileMode)0x1ff);
            using var client = new ControlClient(path);
            Assert.Equal("connected", (await client.GetStatusAsync(default)).State);
            Assert.Equal("backing-off", Assert.Single(await client.GetNeighborsAsync(default)).State);
            Assert.Equal("c0000001", Assert.Single(Assert.Single(await client.GetChannelsAsync(default)).ChildSas).InboundSpi);
            Assert.Equal(2, (await client.GetRoutesAsync(default)).Count);
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task A_socket_left_by_a_killed_daemon_is_replaced()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.Write("box.sock", "");
        await using var server = await ControlServer.StartAsync(path, new Source(), NullLoggerFactory.Instance, default);
        using var client = new ControlClient(path);
        Assert.Equal("box", (await client.GetStatusAsync(default)).Instance);
    }

    [Fact]
    public async Task A_daemon_that_does_not_run_is_told_from_one_that_refuses()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "box.sock");
        using (var client = new ControlClient(path))
        {
            var absent = await Assert.ThrowsAsync<ControlException>(() => client.GetStatusAsync(default));
            Assert.Equal(ExitCode.Unavailable, absent.Code);
            Assert.Contains(path, absent.Message, StringComparison.Ordinal);
        }

        await using var server = await ControlServer.StartAsync(path, new Source { Stopping = true }, NullLoggerFactory.Instance, default);
        using var second = new ControlClient(path);
        var refused = await Assert.ThrowsAsync<ControlException>(() => second.GetStatusAsync(default));
        Assert.Equal(ExitCode.Failure, refused.Code);
        Assert.Contains("stopping", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_is_asked_for_by_name_and_wished_for_by_name()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "box.sock");
        var source = new Source();
        await using var server = await ControlServer.StartAsync(path, source, NullLoggerFactory.Instance, default);
        using var client = new ControlClient(path);

        Assert.Equal("fe80::9", (await client.GetPeerAsync("acp_1 &", default)).Address);
        var unknown = await Assert.ThrowsAsync<ControlException>(() => client.GetPeerAsync("nobody", default));
        Assert.Equal((ExitCode.UnknownPeer, "there is no 'nobody'"), (unknown.Code, unknown.Message));

        foreach (var wish in Enum.GetValues<ChannelWish>())
            Assert.Equal("fe80::9", (await client.WishAsync("fe80::9%eth0", wish, default)).Address);
        Assert.Equal(Enum.GetValues<ChannelWish>().Select(w => ("fe80::9%eth0", w)), source.Wishes);
        var several = await Assert.ThrowsAsync<ControlException>(() => client.WishAsync("f", ChannelWish.Close, default));
        Assert.Equal((ExitCode.Usage, "several"), (several.Code, several.Message));
    }

    [Fact]
    public async Task G28_repair_is_wished_for_by_POST_alone_and_its_report_says_who_is_the_root()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "box.sock");
        var source = new Source();
        await using var server = await ControlServer.StartAsync(path, source, NullLoggerFactory.Instance, default);
        using var client = new ControlClient(path);
        foreach (var report in (RepairReport[])[SampleReports.Repaired, SampleReports.Repaired with { Begun = false, RootSubject = null, Version = 240 }])
        {
            source.Repair = report;
            Assert.Equal(report, await client.RepairAsync(default));
        }

        using var browser = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new System.Net.Sockets.Socket(
                    System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
                await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(path), cancellation);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
        });
        Assert.Equal(System.Net.HttpStatusCode.MethodNotAllowed, (await browser.GetAsync(new Uri("http://acpd/repair"))).StatusCode);
        Assert.Equal(2, source.Repairs);
    }

    [Fact]
    public void One_daemon_per_instance_and_the_lock_ends_with_its_holder()
    {
        using var directory = new TemporaryDirectory();
        var options = new RunOptions { RunDirectory = directory.Path + "/made/here", Instance = "a" };
        using (InstanceLock.Take(options))
        {
            var refused = Assert.Throws<StartupException>(() => InstanceLock.Take(options));
            Assert.Equal(ExitCode.Unavailable, refused.Code);
            Assert.Contains($"'a' is already running (process {Environment.ProcessId})", refused.Message, StringComparison.Ordinal);
            using var other = InstanceLock.Take(new RunOptions { RunDirectory = options.RunDirectory, Instance = "b" });
        }

        Assert.False(File.Exists(options.LockFile));

        // A file left by a killed daemon is nobody's lock.
        File.WriteAllText(options.LockFile, "999999\n");
        InstanceLock.Take(options).Dispose();
    }

    [Fact]
    public async Task A_trace_goes_on_line_by_line_until_an_end_has_had_enough()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "box.sock");
        var source = new Source();
        await using var server = await ControlServer.StartAsync(path, source, NullLoggerFactory.Instance, default);
        using var client = new ControlClient(path);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));

        var refused = await Assert.ThrowsAsync<ControlException>(async () => await client.TraceAsync("nobody", patience.Token).GetAsyncEnumerator(patience.Token).MoveNextAsync());
        Assert.Equal(ExitCode.UnknownPeer, refused.Code);

        var lines = client.TraceAsync(null, patience.Token).GetAsyncEnumerator(patience.Token);
        for (var i = 0; i < 3; i++)
        {
            // One is sent, one arrives: nothing waits in a buffer for more.
            source.Trace.Lines.Writer.TryWrite(new TraceReport { Event = "lost", At = DateTimeOffset.UnixEpoch, Lost = i });
            Assert.True(await lines.MoveNextAsync());
            Assert.Equal(i, lines.Current.Lost);
        }

        await lines.DisposeAsync();
        await source.Trace.Disposed.Task.WaitAsync(patience.Token);
    }

    private sealed class OwnTrace : ITraceSource
    {
        public System.Threading.Channels.Channel<TraceReport> Lines { get; } = System.Threading.Channels.Channel.CreateUnbounded<TraceReport>();

        public TaskCompletionSource Disposed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IAsyncEnumerable<TraceReport> ReadAsync(CancellationToken cancellation) => Lines.Reader.ReadAllAsync(cancellation);

        public void Dispose() => Disposed.TrySetResult();
    }

    private sealed class Source : IControlSource
    {
        public bool Stopping { get; init; }

        public List<(string Peer, ChannelWish Wish)> Wishes { get; } = [];

        public OwnTrace Trace { get; } = new();

        public RepairReport Repair { get; set; } = SampleReports.Repaired;

        public int Repairs { get; private set; }

        public Task<StatusReport> GetStatusAsync(CancellationToken cancellation) => Stopping
            ? Task.FromCanceled<StatusReport>(new CancellationToken(canceled: true))
            : Task.FromResult(SampleReports.Status);

        public Task<IReadOnlyList<NeighborReport>> GetNeighborsAsync(CancellationToken cancellation) => Task.FromResult(SampleReports.Neighbors);

        public Task<IReadOnlyList<ChannelReport>> GetChannelsAsync(CancellationToken cancellation) => Task.FromResult(SampleReports.Channels);

        public Task<IReadOnlyList<RouteReport>> GetRoutesAsync(CancellationToken cancellation) => Task.FromResult(SampleReports.Routes);

        public Task<RepairReport> RepairAsync(CancellationToken cancellation)
        {
            Repairs++;
            return Task.FromResult(Repair);
        }

        public Task<ControlAnswer<PeerReport>> GetPeerAsync(string peer, CancellationToken cancellation) =>
            Task.FromResult(peer == "acp_1 &"
                ? ControlAnswer<PeerReport>.Grant(SampleReports.Peer)
                : ControlAnswer<PeerReport>.Refuse(ControlRefusal.UnknownPeer, $"there is no '{peer}'"));

        public Task<ControlAnswer<ITraceSource>> OpenTraceAsync(string? peer, CancellationToken cancellation) =>
            Task.FromResult(peer == "nobody"
                ? ControlAnswer<ITraceSource>.Refuse(ControlRefusal.UnknownPeer, "nobody")
                : ControlAnswer<ITraceSource>.Grant(Trace));

        public Task<ControlAnswer<PeerReport>> WishAsync(string peer, ChannelWish wish, CancellationToken cancellation)
        {
            Wishes.Add((peer, wish));
            return Task.FromResult(peer.Length > 1
                ? ControlAnswer<PeerReport>.Grant(SampleReports.Peer)
                : ControlAnswer<PeerReport>.Refuse(ControlRefusal.AmbiguousPeer, "several"));
        }
    }
}
