using System.Diagnostics;
using System.Globalization;
using Acp.Daemon.Control;
using Acp.Daemon.Lab;
using Acp.Linux.Interop;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Linux.Sockets;
using Acp.Wire;
using Xunit.Abstractions;

namespace Acp.Lab.Robustness;

/// <summary>
/// A lab that a test holds in its hands: real daemons in namespaces, to be killed, stopped and started, with cables to
/// be cut and moved. Waits are for conditions, each with a limit; what is not so by then fails the test in words, with
/// the ends of the daemons' logs.
/// </summary>
internal sealed class RunningLab : IDisposable
{
    /// <summary>For states that need only come about: far more than they take, for a machine that is busy with other things.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly OwnLab _own;
    private readonly LabOptions _options;
    private readonly ITestOutputHelper _output;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly ControlClient[] _clients;
    private readonly SortedSet<int> _alive = [];
    private LabProcesses? _processes;

    /// <summary>Boxes, cables and certificates; no daemon runs yet.</summary>
    /// <param name="seed">Of <see cref="Random"/>; printed. Set ACPD_TEST_SEED to run a failure again.</param>
    public RunningLab(LabOptions options, ITestOutputHelper output)
    {
        _options = options;
        _output = output;
        _own = new OwnLab(options);
        try
        {
            LabCertificates.Issue(Plan);
            World = LabWorld.Build(Plan);
        }
        catch
        {
            _own.Dispose();
            throw;
        }

        Hosts = [.. World.Hosts.Select(h => new RouteSocket(h))];
        Cables = [.. Plan.Cables];
        _clients = [.. Plan.Boxes.Select(b => new ControlClient(b.Daemon.ControlSocket))];
        var seed = int.TryParse(Environment.GetEnvironmentVariable("ACPD_TEST_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var given)
            ? given
            : Random.Shared.Next();
        Random = new Random(seed);
        Say($"lab {Plan.Id}, seed {seed}");
    }

    public LabPlan Plan => _own.Plan;

    public LabWorld World { get; }

    /// <summary>Requests in the boxes' host namespaces, by index of the box.</summary>
    public IReadOnlyList<RouteSocket> Hosts { get; }

    /// <summary>As they are now; a test that moves one says so here.</summary>
    public List<LabCable> Cables { get; }

    public Random Random { get; }

    /// <summary>Boxes whose daemon should be running.</summary>
    public IReadOnlyCollection<int> Alive => _alive;

    public LabProcesses Processes => _processes ?? throw new InvalidOperationException("nothing was started yet");

    public void Say(string line) =>
        _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_watch.Elapsed.TotalSeconds,7:0.000} {line}"));

    /// <summary>All daemons at one moment.</summary>
    public void StartAll()
    {
        if (_processes is null)
            _processes = LabProcesses.Start(Plan, _options);
        else
            _processes.Restart([.. Plan.Boxes.Select(b => b.Index)]);
        _alive.UnionWith(Plan.Boxes.Select(b => b.Index));
    }

    public void Start(int box)
    {
        Processes.Restart(box);
        _alive.Add(box);
    }

    /// <summary><c>kill -9</c>.</summary>
    public void Kill(int box)
    {
        _alive.Remove(box);
        Processes.Signal(box, Acp.Linux.Interop.Processes.SIGKILL);
        Assert.NotNull(Processes.WaitForEnd(box, Patience));
    }

    /// <summary>SIGTERM, to all of them at one moment.</summary>
    /// <returns>The exit codes.</returns>
    public IReadOnlyList<int> Stop(params IReadOnlyList<int> boxes)
    {
        foreach (var box in boxes)
        {
            _alive.Remove(box);
            Processes.Signal(box, Acp.Linux.Interop.Processes.SIGTERM);
        }

        return [.. boxes.Select(b => Processes.WaitForEnd(b, Patience)
            ?? throw new Xunit.Sdk.XunitException($"{Name(b)} does not end after SIGTERM{Logs(b)}"))];
    }

    public IReadOnlyList<int> StopAll() => Stop([.. _alive]);

    public string Name(int box) => Plan.Boxes[box].Name;

    /// <summary>Waits until nothing is wrong; else fails with what was wrong last.</summary>
    public async Task<TimeSpan> UntilAsync(string what, Func<Task<IReadOnlyList<string>>> findWrong, TimeSpan? limit = null)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            foreach (var box in _alive)
            {
                if (Processes.WaitForEnd(box, TimeSpan.Zero) is { } code)
                    Assert.Fail($"{what}: the daemon of {Name(box)} ended with exit code {code}{Logs(box)}");
            }

            var wrong = await findWrong();
            if (wrong.Count == 0)
            {
                Say(string.Create(CultureInfo.InvariantCulture, $"{what}, after {watch.Elapsed.TotalSeconds:0.00} s"));
                return watch.Elapsed;
            }

            if (watch.Elapsed > (limit ?? Patience))
                Assert.Fail($"not within {limit ?? Patience}: {what}: {string.Join("; ", wrong)}{Logs([.. Plan.Boxes.Select(b => b.Index)])}");
            await Task.Delay(Step);
        }
    }

    public Task<TimeSpan> UntilAsync(string what, Func<Task<bool>> condition, TimeSpan? limit = null) =>
        UntilAsync(what, async () => await condition() ? [] : ["it is not so"], limit);

    /// <summary>
    /// Waits until all is as it should be: one channel per cable whose ends both run, with one IKE SA and one child SA,
    /// the same ones at both ends; nothing else in the namespaces; every pair of running boxes that the cables join
    /// reaches each other in both views.
    /// </summary>
    public async Task<TimeSpan> UntilRightAsync(string when, TimeSpan? limit = null)
    {
        var judge = new LabInspector(this);
        var watch = Stopwatch.StartNew();
        await UntilAsync($"{when}: one channel per cable", judge.FindWrongAsync, limit);
        await UntilPairsReachAsync(when, limit);

        // Once more, for a second SA that came up meanwhile.
        await UntilAsync($"{when}: still one channel per cable", judge.FindWrongAsync, limit);
        return watch.Elapsed;
    }

    /// <summary>Waits until all running boxes reach each other, in the acp namespaces and through acp0.</summary>
    public async Task UntilPairsReachAsync(string when, TimeSpan? limit = null)
    {
        var left = new HashSet<(int From, int To, LabView View)>(
            from view in new[] { LabView.Acp, LabView.Host }
            from a in _alive
            from b in _alive
            where a != b
            select (a, b, view));
        var statuses = new Dictionary<int, StatusReport>();
        await UntilAsync($"{when}: identities known", async () =>
        {
            foreach (var box in _alive.Where(b => !statuses.ContainsKey(b)))
            {
                if (await TryStatusAsync(box) is { Identity.HostAddress: not null } status)
                    statuses[box] = status;
            }

            return statuses.Count == _alive.Count;
        }, limit);
        using var pingers = new LabPingers(this, statuses);
        await UntilAsync(
            $"{when}: every pair reaches",
            () => Task.FromResult<IReadOnlyList<string>>([.. pingers.Round(left).Select(p => $"{Name(p.From)} does not reach {Name(p.To)} ({p.View})")]),
            limit);
    }

    public async Task<StatusReport?> TryStatusAsync(int box)
    {
        try
        {
            return File.Exists(Plan.Boxes[box].Daemon.ControlSocket) ? await _clients[box].GetStatusAsync(CancellationToken.None) : null;
        }
        catch (ControlException)
        {
            return null;
        }
    }

    public async Task<IReadOnlyList<ChannelReport>?> TryChannelsAsync(int box)
    {
        try
        {
            return File.Exists(Plan.Boxes[box].Daemon.ControlSocket) ? await _clients[box].GetChannelsAsync(CancellationToken.None) : null;
        }
        catch (ControlException)
        {
            return null;
        }
    }

    /// <summary><c>ip link set … up</c> or <c>down</c> on the host of a box.</summary>
    public void SetLink(int box, string name, bool up) => Hosts[box].SetUp(Hosts[box].IndexOf(name), up);

    /// <summary>What the daemon of a box has written so far.</summary>
    public string Log(int box) => File.Exists(Plan.Boxes[box].Daemon.LogFile) ? File.ReadAllText(Plan.Boxes[box].Daemon.LogFile!) : "";

    public string Logs(params IReadOnlyList<int> boxes) =>
        string.Concat(boxes.Select(b => $"\n--- {Name(b)}\n{string.Join('\n', Log(b).Split('\n').TakeLast(25))}"));

    public void Dispose()
    {
        foreach (var client in _clients)
            client.Dispose();
        foreach (var host in Hosts)
            host.Dispose();
        World.Dispose();
        _own.Dispose();
        _processes?.Dispose();
    }
}
