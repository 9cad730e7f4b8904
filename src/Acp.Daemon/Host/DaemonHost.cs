using System.Runtime.InteropServices;
using Acp.Core;
using Acp.Core.Grasp;
using Acp.Core.Identity;
using Acp.Core.Ikev2;
using Acp.Core.Node;
using Acp.Core.Time;
using Acp.Daemon.Attach;
using Acp.Daemon.Control;
using Acp.Daemon.Identity;
using Acp.Daemon.Journal;
using Acp.Daemon.Trace;
using Acp.Linux.Crypto;
using Acp.Linux.DataPlane;
using Acp.Linux.Grasp;
using Acp.Linux.Interop;
using Acp.Linux.Links;
using Acp.Linux.Loop;
using Acp.Linux.Memory;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Linux.Sockets;
using Acp.Linux.Tls;
using Acp.Wire;
using Acp.Wire.Grasp;
using Microsoft.Extensions.Logging;

namespace Acp.Daemon.Host;

/// <summary>
/// Puts one node together on this machine (identity, namespaces, links, data plane, loop, control socket) and takes it
/// all away again. What a killed predecessor left is adopted or removed on the way in.
/// </summary>
internal sealed class DaemonHost : IDisposable
{
    private static readonly TimeSpan RetryLinks = TimeSpan.FromSeconds(1);

    /// <summary>Between two looks at routes, of which nobody tells us when they go.</summary>
    private static readonly TimeSpan RepairInterval = TimeSpan.FromSeconds(30);

    /// <summary>A node has started and met its neighbours by then; later on somebody may have asked it much.</summary>
    private static readonly TimeSpan FirstRelease = TimeSpan.FromSeconds(10), ReleaseInterval = TimeSpan.FromMinutes(10);

    /// <summary>How long a clean stop waits for neighbours to answer: enough to say it a second time.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReadDate = TimeSpan.FromMinutes(1);

    private readonly RunOptions _options;
    private readonly NodeIdentity _identity;
    private readonly IReadOnlyList<Ppk> _ppks;
    private readonly NodeLog _log;
    private readonly ILogger _hostLog;
    private readonly KeyLog? _keyLog;
    private readonly EventLoop _loop = new();

    // All below belongs to the loop's thread: it alone enters namespaces.
    private readonly HashSet<LinkId> _unusable = [];
    private Instant? _retryAt;
    private Instant? _stopBy;
    private Instant _dateAt;
    private Instant _releaseAt = BootClock.Now + FirstRelease;
    private NodeNamespaces? _namespaces;
    private RouteSocket? _acpRoutes;
    private HostWindow? _window;
    private LinkManager? _links;
    private IDataPlane? _dataPlane;
    private HostNetwork? _hostNetwork;
    private NodeShell? _shell;
    private GraspDoor? _grasp;
    private TlsContext? _tls;
    private AcpSubstrate? _substrate;
    private FloodVerifier? _floodVerifier;
    private Node? _node;
    private TraceFeed? _trace;
    private NodeReporter? _reporter;
    private Caretaker? _caretaker;
    private RootWatch? _rootWatch;
    private DateWatcher? _dates;

    private DaemonHost(RunOptions options, ILoggerFactory logs, NodeIdentity identity)
    {
        _options = options;
        _identity = identity;
        _ppks = LoadPpks(options);
        _log = new NodeLog(logs.CreateLogger("acpd.node"));
        _hostLog = logs.CreateLogger("acpd");
        if (options.KeyLog is not { } keys)
            return;
        _keyLog = new KeyLog(keys);
        HostLog.KeyLogIsOn(_hostLog, keys);
    }

    /// <summary>The daemon proper, as <see cref="DaemonMain"/>.</summary>
    public static async Task<int> RunAsync(RunOptions options, ILoggerFactory logs, CancellationToken stop)
    {
        using var identity = LoadIdentity(options, logs.CreateLogger("acpd"));
        using var host = new DaemonHost(options, logs, identity);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => host.RunLoop(ready, ended)) { Name = "acpd-loop" }.Start();

        await Task.WhenAny(ready.Task, ended.Task);
        if (!ended.Task.IsCompleted)
        {
            var source = new ControlSource(host._loop, host._node!, host._reporter!, host._shell!, host._trace!);
            await using var control = await ControlServer.StartAsync(options.ControlSocket, source, logs, CancellationToken.None);
            await using var agents = AttachServer.Start(options.GraspSocket, host._grasp!.Port, logs.CreateLogger("acpd.attach"));
            using var reload = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
            {
                signal.Cancel = true;
                host._loop.Post(host.LoadRevocation);
            });
            ServiceNotifier.Ready();
            var stopped = Task.Delay(Timeout.Infinite, stop);
            if (await Task.WhenAny(ended.Task, stopped) == stopped)
            {
                await agents.DisposeAsync(); // their peers hear it while there are channels
                host._loop.Post(host.Shutdown);
            }

            await ended.Task;
        }

        await ended.Task;
        return ExitCode.Ok;
    }

    public void Dispose()
    {
        foreach (var ppk in _ppks)
            ppk.Key.Dispose();
        _keyLog?.Dispose();
        _loop.Dispose();
    }

    private static NodeIdentity LoadIdentity(RunOptions options, ILogger logger)
    {
        var loaded = StateDirectory.Load(options.EffectiveStateDirectory, DateTimeOffset.UtcNow);
        foreach (var warning in loaded.Warnings)
            HostLog.StateDirectoryWarning(logger, warning);
        if (loaded.IsLoaded)
            return loaded.Identity;
        throw new StartupException(
            ExitCode.Configuration,
            loaded.Problem == StateDirectoryProblem.NotEnrolled
                ? $"{loaded.Error}. This box has no ACP certificate yet: 'acpd ca issue --help' tells how to make one."
                : loaded.Error);
    }

    private static IReadOnlyList<Ppk> LoadPpks(RunOptions options)
    {
        if (options.PpkFile is not { } path)
            return [];
        return PpkFile.TryRead(path, out var reason) ?? throw new StartupException(ExitCode.Configuration, $"--ppk-file: {reason}");
    }

    // CERTREQ's value is the 20-octet hashes one after another (RFC 7296 §3.7).
    private static List<ReadOnlyMemory<byte>> HashesOf(byte[] authorities) =>
        [.. authorities.Chunk(20).Select(hash => (ReadOnlyMemory<byte>)hash)];

    /// <summary>Floods are signed with the key of our certificate, and those of others judged by theirs.</summary>
    private FloodVerifier GiveKeys(GraspEngine engine)
    {
        var verifier = new FloodVerifier(_identity);
        engine.FloodSigner = new FloodSigner(_identity);
        engine.FloodVerifier = verifier;
        return verifier;
    }

    private void RunLoop(TaskCompletionSource ready, TaskCompletionSource ended)
    {
        try
        {
            try
            {
                Start();
                ready.SetResult();
                _loop.Run(NextDeadline, HandleTime);
            }
            finally
            {
                RemoveEverything();
            }

            ended.SetResult();
        }
#pragma warning disable CA1031 // carried to the caller, which ends the process with it
        catch (Exception e)
#pragma warning restore CA1031
        {
            ended.SetException(e);
        }
    }

    private void Start()
    {
        var host = _options.HostNamespace is { } path ? NetworkNamespace.Open(path) : NetworkNamespace.OpenCurrent();
        _namespaces = NodeNamespaces.CreateOrAdopt(_options.Instance, host);
        _acpRoutes = new RouteSocket(_namespaces.Acp);
        RemoveStaleChannels();
        _window = new HostWindow(_namespaces, _identity.Address, _identity.Prefix, new Ipv6Prefix(_identity.Address, 48));
        _window.Reconcile();

        var self = new NodeSelf(
            _identity.Address, _identity.Prefix, _identity.CertificatePayloads(_options.SendTrustAnchor), HashesOf(_identity.CertificationAuthorities()));
        var plan = DataPlaneChooser.Plan(_options.DataPlane);
        _node = new Node(NodeSettings.Of(_options, plan.Algorithms, _ppks), self, new PlatformIkeCrypto(), new OsRandom());
        _floodVerifier = GiveKeys(_node.Grasp.Engine);
        _trace = new TraceFeed(_node.Ikev2);
        var journal = new PeerJournal();
        _shell = new NodeShell(_loop, _namespaces, _node, new PeerAuthentication(_identity), _acpRoutes, _log, journal, _trace, _keyLog);
        _grasp = new GraspDoor(_loop, _shell, _node);
        _shell.GraspCompleted = _grasp.HandleComplete;
        OpenGrasp();
        OpenHostNetwork();
        _dataPlane = DataPlaneChooser.Make(plan, _namespaces, _shell, _loop, _hostNetwork, _log.NarrowLink);
        if (_hostNetwork is not null && plan.Kind == DataPlaneKind.Kernel)
            _log.RemoteInUserspace();
        _shell.DataPlane = _dataPlane;
        _links = new LinkManager(_namespaces, _identity.Address.ToBytes(), _options.Interfaces, sameLinkLocal: _options.SameLinkLocal);
        _caretaker = new Caretaker(_loop, _window, _shell, _log, _options.Timers.Repair ?? RepairInterval);
        _links.Overhear = _caretaker.Overhear;
        var unknown = new UnknownDestinations(_namespaces.Acp);
        _rootWatch = new RootWatch(_node, unknown, _log);
        _reporter = new NodeReporter(
            _options, _namespaces, _identity, _node, _dataPlane, plan.Why, _links, _window, _acpRoutes, _unusable, journal,
            new GraspReporter(_node, _substrate, _identity.Address.ToString()), unknown);
        LoadRevocation();
        _dates = new DateWatcher();
        _loop.Register(_dates.Fd, () =>
        {
            if (_dates.Take())
                _shell.SetWallClock();
        });
        _links.Start();
        _loop.Register(_links.Fd, () =>
        {
            _links.OnReadable();
            FollowLinks();
        });
        FollowLinks();
        _shell.HostNetworkUp();
        _shell.Tell(now => _node.HandleGraspSubstrate(now, _substrate is not null, GraspConstants.GRASP_LISTEN_PORT));
        _reporter.ReadyAt = BootClock.Now;
    }

    // All of it lives in the acp namespace. Without its port a node still has channels and routes.
    private void OpenGrasp()
    {
        _tls = new TlsContext(_identity, () => DateTimeOffset.UtcNow)
        {
            Met = chain => _node!.Grasp.Engine.HandleCertificate(BootClock.Now, chain),
        };
        try
        {
            _substrate = new AcpSubstrate(
                _loop, _namespaces!.Acp, new AcpSubstrateOptions { AcpAddress = _identity.Address }, _node!.Grasp, _tls, _shell!.SettleGrasp)
            {
                Noticed = _log.Write,
            };
            _shell.Substrate = _substrate;
        }
        catch (SocketSetupException e)
        {
            _log.GraspUnusable(e.Message);
        }
    }

    // Without remote neighbours there is nothing of ours to be seen in the host's network.
    private void OpenHostNetwork()
    {
        if (_options.Neighbors.All(n => n.Parent is not null))
            return;
        var ike = new Ikev2Options();
        try
        {
            _hostNetwork = new HostNetwork(_namespaces!.Host, ike.LocalPort, ike.NatTraversalPort);
        }
        catch (SocketSetupException e)
        {
            throw new StartupException(ExitCode.Unavailable, $"--neighbor: {e.Message}", e);
        }

        _shell!.HostNetwork = _hostNetwork;
    }

    private Instant? NextDeadline()
    {
        if (_stopBy is not null && _node!.ClosingCount == 0)
            _loop.Stop();
        return Instant.Earlier(
            Instant.Earlier(Instant.Earlier(_retryAt, _dateAt), Instant.Earlier(_stopBy, _caretaker!.NextDeadline)),
            Instant.Earlier(Instant.Earlier(_releaseAt, _rootWatch!.NextDeadline), _node!.NextDeadline));
    }

    private void HandleTime(Instant now)
    {
        if (_stopBy <= now)
            _loop.Stop();
        if (_dateAt <= now)
        {
            _dateAt = now + ReadDate;
            _shell!.SetWallClock();
        }

        if (_retryAt <= now)
        {
            _retryAt = null;
            foreach (var link in _links!.Links.Values.Where(l => l.IsUp && _unusable.Contains(l.Link)).ToList())
                LinkUp(link);
        }

        if (_releaseAt <= now)
        {
            _releaseAt = now + ReleaseInterval;
            ProcessMemory.GiveBack();
        }

        _caretaker!.HandleTime(now);
        _rootWatch!.HandleTime(now);
        _shell!.HandleTime(now);
    }

    private void LoadRevocation()
    {
        var warnings = new List<string>();
        var lists = RevocationFiles.Load(_options.EffectiveStateDirectory, warnings);
        foreach (var warning in warnings)
            HostLog.StateDirectoryWarning(_hostLog, warning);
        if (lists.Count > 0)
            HostLog.RevocationLoaded(_hostLog, lists.Count, Path.Combine(_options.EffectiveStateDirectory, RevocationFiles.DirectoryName));
        _shell!.SetRevocation(lists);
        _floodVerifier!.SetRevocation(BootClock.Now, lists);
    }

    private void FollowLinks()
    {
        while (_links!.Facts.TryTake(out var fact))
        {
            switch (fact)
            {
                case LinkFact.LinkUp up:
                    LinkUp(up.Link);
                    break;
                case LinkFact.LinkChanged changed:
                    LinkUp(changed.Link);
                    break;
                case LinkFact.LinkDown down:
                    _unusable.Remove(down.Link);
                    _shell!.LinkDown(down.Link);
                    break;
                default:
                    _log.Write(fact);
                    break;
            }
        }
    }

    private void LinkUp(AbutmentLink link)
    {
        var speed = LinkSpeed.Mbps(_namespaces!.Host, link.Parent);
        if (_shell!.LinkUp(new NodeLink(link.Link, link.Name, link.Parent, link.Address, link.Mtu, speed)))
        {
            _unusable.Remove(link.Link);
            return;
        }

        // The link may be going away, in which case news follows; if not, somebody holds a port, perhaps not for long.
        _unusable.Add(link.Link);
        _retryAt = BootClock.Now + RetryLinks;
    }

    // Channel interfaces in the acp namespace belong to SAs that died with their process.
    private void RemoveStaleChannels()
    {
        foreach (var link in _acpRoutes!.Links().Where(l => l.Name.StartsWith("acp_", StringComparison.Ordinal)))
            _acpRoutes.DeleteLink(link.Index);
    }

    // A DELETE that is answered was heard; one that is lost (a packet that waited for address resolution, say) would
    // leave the neighbour sending into nothing until it finds out by itself.
    private void Shutdown()
    {
        if (_shell is null || _node is null)
        {
            _loop.Stop();
            return;
        }

        _trace?.Close();
        _shell.Tell(_node.Shutdown);
        _stopBy = BootClock.Now + Farewell;
    }

    // In the opposite order of Start, each step whatever became of the others.
    private void RemoveEverything()
    {
        Try(() => _dates?.Dispose());
        Try(() => _grasp?.Stop());
        Try(() => _substrate?.Dispose());
        Try(() => _tls?.Dispose());
        Try(() => _shell?.Dispose());
        Try(() => _dataPlane?.Dispose());
        Try(() => _hostNetwork?.Dispose());
        Try(() => _window?.Remove());
        Try(() => _links?.RemoveAll());
        Try(() => _links?.Dispose());
        Try(() => _window?.Dispose());
        Try(() => _acpRoutes?.Dispose());
        // Also when making them failed half-way.
        Try(() => NodeNamespaces.DeleteNames(_options.Instance));
        Try(() => _namespaces?.Dispose());
    }

    private void Try(Action step)
    {
        try
        {
            step();
        }
        catch (Exception e) when (e is NetlinkException or SystemCallException or DataPlaneException)
        {
            _log.CleanUpFailed(e.Message);
        }
    }
}
