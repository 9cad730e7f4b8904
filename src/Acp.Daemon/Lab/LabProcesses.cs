using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Acp.Core.Time;
using Acp.Linux.Interop;
using Acp.Linux.Loop;

namespace Acp.Daemon.Lab;

/// <summary>
/// The boxes' daemons: this same program, once per box. One thread starts them all and then waits for the end of the
/// lab, because the kernel tells a child "your parent ended" when the <em>thread</em> ends that started it (prctl(2)).
/// </summary>
public sealed class LabProcesses : IDisposable
{
    private readonly LabPlan _plan;
    private readonly LabOptions _options;
    private readonly Process[] _processes;
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _starter;

    private LabProcesses(LabPlan plan, LabOptions options)
    {
        _plan = plan;
        _options = options;
        _processes = new Process[plan.Boxes.Count];
        _starter = new Thread(() =>
        {
            foreach (var work in _work.GetConsumingEnumerable())
                work();
        })
        {
            IsBackground = true,
            Name = "lab starter",
        };
        _starter.Start();
    }

    /// <summary>Just before the first of those last started.</summary>
    public Instant StartedAt { get; private set; }

    /// <summary>By index of the box.</summary>
    public IReadOnlyList<int> Ids => _processes.Select(p => p.Id).ToList();

    public static LabProcesses Start(LabPlan plan, LabOptions options)
    {
        var processes = new LabProcesses(plan, options);
        processes.Restart([.. plan.Boxes.Select(b => b.Index)]);
        return processes;
    }

    /// <summary>Starts the daemons of these boxes at one moment; those that run there must have ended.</summary>
    public void Restart(params IReadOnlyList<int> boxes)
    {
        var started = new TaskCompletionSource();
        _work.Add(() =>
        {
            try
            {
                var startInfos = boxes.Select(b => StartInfo(_plan.Boxes[b], _options)).ToList();
                StartedAt = BootClock.Now;
                for (var i = 0; i < boxes.Count; i++)
                {
                    _processes[boxes[i]]?.Dispose();
                    _processes[boxes[i]] = Process.Start(startInfos[i])!;
                    _processes[boxes[i]].StandardInput.Close();
                }

                started.SetResult();
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        });
        started.Task.GetAwaiter().GetResult();
    }

    /// <summary>Sends a signal to the daemon of a box, if it has not ended.</summary>
    public void Signal(int box, int signal)
    {
        if (!_processes[box].HasExited)
            _ = LibC.kill(_processes[box].Id, signal);
    }

    /// <summary>The exit code of a box's daemon (128 and the signal, if one ended it); null when it still runs after that time.</summary>
    public int? WaitForEnd(int box, TimeSpan patience) => _processes[box].WaitForExit(patience) ? _processes[box].ExitCode : null;

    /// <summary>The first box whose daemon has ended, with its exit code; null while all run.</summary>
    public (LabBox Box, int Code)? FindEnded(LabPlan plan)
    {
        for (var i = 0; i < _processes.Length; i++)
        {
            if (_processes[i].HasExited)
                return (plan.Boxes[i], _processes[i].ExitCode);
        }

        return null;
    }

    /// <summary>Forgets the processes without ending them, unless they asked to end with us.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        _starter.Join();
        foreach (var process in _processes)
            process?.Dispose();
        _work.Dispose();
    }

    private static ProcessStartInfo StartInfo(LabBox box, LabOptions options)
    {
        var (program, arguments) = OwnProgram.WithArguments("run");
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            WorkingDirectory = "/",
        };
        var run = box.Daemon;
        Add("--instance", run.Instance);
        Add("--state-dir", run.EffectiveStateDirectory);
        Add("--netns", run.HostNamespace!);
        Add("--dataplane", RunOptionsTable.DataPlanes[(int)run.DataPlane]);
        Add("--experimental-objectives", "yes");
        Add("--log-file", run.LogFile!);
        Add("--log-level", RunOptionsTable.LogLevels[(int)options.LogLevel]);
        if (options.Timers is { } timers)
            Add("--timers", timers);
        if (options.KeyLog is { } keys)
            Add("--key-log", $"{keys}/{box.Name}");
        if (options.SameLinkLocal)
            Add("--same-link-local", "yes");
        if (!options.Keep)
            Add("--parent-process", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));

        // The lab's own readiness is nobody else's.
        start.Environment.Remove("NOTIFY_SOCKET");
        return start;

        void Add(params ReadOnlySpan<string> words)
        {
            foreach (var word in words)
                start.ArgumentList.Add(word);
        }
    }
}
