using System.Diagnostics;
using Acp.Daemon;
using Acp.Daemon.Control;
using Acp.Daemon.Lab;

namespace Acp.Lab;

/// <summary>
/// Boxes, cables and real daemons, each started when the test says so. All of it is gone afterwards, also when the test
/// fails; what a killed test leaves is removed by the next lab.
/// </summary>
internal sealed class DaemonLab : IDisposable
{
    private readonly OwnLab _own;
    private readonly Dictionary<int, Process> _daemons = [];

    /// <param name="issue">Fills the state directories.</param>
    public DaemonLab(LabOptions options, Action<LabPlan> issue)
    {
        _own = new OwnLab(options);
        try
        {
            foreach (var box in Plan.Boxes)
                Directory.CreateDirectory($"{Plan.Directory}/{box.Name}");
            issue(Plan);
            World = LabWorld.Build(Plan);
        }
        catch
        {
            _own.Dispose();
            throw;
        }
    }

    public LabPlan Plan => _own.Plan;

    public LabWorld World { get; }

    /// <summary>The program under test: the build's own, beside this assembly.</summary>
    public static string Program => Path.Combine(AppContext.BaseDirectory, "acpd");

    public void Start(int box, params IEnumerable<string> more)
    {
        var start = new ProcessStartInfo(Program, [.. Arguments(box), .. more]) { WorkingDirectory = "/", RedirectStandardInput = true };
        start.Environment.Remove("NOTIFY_SOCKET");
        var daemon = Process.Start(start)!;
        daemon.StandardInput.Close();
        _daemons[box] = daemon;
    }

    /// <summary>What the box's daemon is started with.</summary>
    public IReadOnlyList<string> Arguments(int box)
    {
        var run = Plan.Boxes[box].Daemon;
        return
        [
            "run", "--instance", run.Instance, "--state-dir", run.EffectiveStateDirectory, "--netns", run.HostNamespace!,
            "--dataplane", "userspace", "--log-file", run.LogFile!, "--log-level", "trace",
        ];
    }

    public int Pid(int box) => _daemons[box].Id;

    public string Log(int box) => File.Exists(Plan.Boxes[box].Daemon.LogFile) ? File.ReadAllText(Plan.Boxes[box].Daemon.LogFile!) : "";

    public IEnumerable<string> LogLines(int box, string word) =>
        Log(box).Split('\n').Where(line => line.Contains(word, StringComparison.Ordinal));

    /// <summary>Null while the daemon does not answer.</summary>
    public StatusReport? Status(int box) => Ask(box, c => c.GetStatusAsync(CancellationToken.None));

    /// <inheritdoc cref="Status"/>
    public IReadOnlyList<NeighborReport>? Neighbors(int box) => Ask(box, c => c.GetNeighborsAsync(CancellationToken.None));

    /// <inheritdoc cref="Status"/>
    public IReadOnlyList<ChannelReport>? Channels(int box) => Ask(box, c => c.GetChannelsAsync(CancellationToken.None));

    /// <summary>Asks for something to be done with a channel, by the name of its interface.</summary>
    public PeerReport? Wish(int box, string channel, ChannelWish wish) => Ask(box, c => c.WishAsync(channel, wish, CancellationToken.None));

    /// <summary>Asks again and again until it holds; fails with what the daemons wrote.</summary>
    public void Until(string what, TimeSpan patience, Func<bool> holds)
    {
        var clock = Stopwatch.StartNew();
        while (!holds())
        {
            foreach (var (box, daemon) in _daemons)
                Assert.False(daemon.HasExited, $"the daemon of {Plan.Boxes[box].Name} ended:\n{Tail(box)}");
            if (clock.Elapsed > patience)
                Assert.Fail($"not within {patience.TotalSeconds:0} s: {what}\n{string.Join('\n', _daemons.Keys.Select(Tail))}");
            Thread.Sleep(100);
        }
    }

    /// <summary>One channel, and after both ends began at once, one SA of each kind.</summary>
    public bool HasOneSettledChannel(int box) => Channels(box) is [{ IkeSas.Count: 1, ChildSas.Count: 1, State: "up" }];

    /// <summary>Pings every pair, inside the ACP and from the hosts.</summary>
    public void UntilAllPairsReachEachOther(TimeSpan patience)
    {
        using var verifier = new LabVerifier(Plan, World);
        var known = new HashSet<int>();
        Until("all pairs reach each other", patience, () =>
        {
            foreach (var box in Plan.Boxes.Where(b => !known.Contains(b.Index)))
            {
                if (Status(box.Index) is not { } status)
                    continue;
                verifier.Learn(box.Index, status);
                known.Add(box.Index);
            }

            return verifier.Completion.IsCompletedSuccessfully;
        });
    }

    public void Stop(int box)
    {
        var daemon = _daemons[box];
        Tools.Signal(daemon, 15);
        Assert.True(daemon.WaitForExit(10_000), $"the daemon of {Plan.Boxes[box].Name} does not stop:\n{Tail(box)}");
        _daemons.Remove(box);
        Assert.True(daemon.ExitCode == ExitCode.Ok, $"exit code {daemon.ExitCode}:\n{Tail(box)}");
        daemon.Dispose();
    }

    public void Dispose()
    {
        World.Dispose();
        _own.Dispose();
        foreach (var daemon in _daemons.Values)
            daemon.Dispose();
    }

    private T? Ask<T>(int box, Func<ControlClient, Task<T>> question)
        where T : class
    {
        try
        {
            using var client = new ControlClient(Plan.Boxes[box].Daemon.ControlSocket);
            return question(client).GetAwaiter().GetResult();
        }
        catch (ControlException)
        {
            return null;
        }
    }

    private string Tail(int box) =>
        $"--- {Plan.Boxes[box].Name}:\n{string.Join('\n', Log(box).Split('\n').TakeLast(25))}";
}
