using System.Globalization;
using System.Security.Cryptography;
using Acp.Core.Time;
using Acp.Daemon.Control;
using Acp.Linux.Loop;

namespace Acp.Daemon.Lab;

/// <summary>
/// One lab from nothing to nothing: boxes, certificates, daemons, pings, judgement, and whatever happens in between,
/// the cleaning up.
/// </summary>
public sealed class LabRunner
{
    /// <summary>How long after convergence a second SA of a cable may still be on its way out (RFC 8994 §6.6 decider).</summary>
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(2);

    private readonly LabOptions _options;
    private readonly ILabProgress _progress;
    private readonly Action<LabPlan> _issueCertificates;

    public LabRunner(LabOptions options, ILabProgress progress, Action<LabPlan> issueCertificates)
    {
        _options = options;
        _progress = progress;
        _issueCertificates = issueCertificates;
    }

    /// <exception cref="LabException">It could not be built, or a daemon ended.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted, and is gone.</exception>
    public async Task<LabResult> RunAsync(CancellationToken cancellation)
    {
        foreach (var dead in LabLeftovers.CleanDead(alsoKept: false))
            _progress.Say($"removed what an earlier lab, {dead}, had left behind");

        var plan = LabPlan.Make(NewId(), _options);
        Directory.CreateDirectory(plan.Directory);
        using var held = LabLeftovers.TryLock(plan.Id) ?? throw new LabException($"lab {plan.Id} is in use");
        var kept = false;
        try
        {
            _progress.Say($"lab {plan.Id}: {_options.Nodes} boxes, {plan.Cables.Count} cables, {Name(_options.Topology)}");
            _issueCertificates(plan);
            using var world = LabWorld.Build(plan);
            cancellation.ThrowIfCancellationRequested();
            using var processes = LabProcesses.Start(plan, _options);
            var result = await WatchAsync(plan, world, processes, cancellation);
            if (_options.Keep)
            {
                LabLeftovers.MarkKept(plan.Id);
                kept = true;
                SayHowToLookInside(plan);
            }

            return result;
        }
        finally
        {
            if (!kept)
                LabLeftovers.Clean(plan.Id);
        }
    }

    private async Task<LabResult> WatchAsync(LabPlan plan, LabWorld world, LabProcesses processes, CancellationToken cancellation)
    {
        using var verifier = new LabVerifier(plan, world);
        await using var monitor = new LabMonitor(plan, verifier.Learn);
        var finished = WaitAsync(plan, verifier, processes, cancellation);
        await _progress.ShowAsync(Look, finished);
        await finished;

        var boxes = await SettleAsync(plan, monitor, cancellation);
        return Judge(plan, processes.StartedAt, verifier, boxes);

        LabSnapshot Look() => new(
            plan,
            BootClock.Now - processes.StartedAt,
            monitor.Latest(),
            verifier.Pairs().Select(p => (p.From, p.To, p.View, p.ReachedAt is not null)).ToList());
    }

    /// <summary>Until all pairs are reached or the time is over; throws when a daemon ends.</summary>
    private async Task WaitAsync(LabPlan plan, LabVerifier verifier, LabProcesses processes, CancellationToken cancellation)
    {
        var until = processes.StartedAt + _options.Timeout;
        while (BootClock.Now < until && !verifier.Completion.IsCompleted)
        {
            cancellation.ThrowIfCancellationRequested();
            if (processes.FindEnded(plan) is var (box, code))
                throw new LabException($"the daemon of {box.Name} ended with exit code {code}. Its log ends:\n{Tail(box.Daemon.LogFile!)}");
            await Task.WhenAny(verifier.Completion, Task.Delay(100, cancellation));
        }

        if (verifier.Completion.IsFaulted)
            await verifier.Completion;
    }

    /// <summary>The boxes' own view, as soon as nothing is doubled, or at the latest when it should not be any more.</summary>
    private static async Task<IReadOnlyList<(StatusReport Status, IReadOnlyList<ChannelReport> Channels)?>> SettleAsync(
        LabPlan plan, LabMonitor monitor, CancellationToken cancellation)
    {
        var until = BootClock.Now + SettleTime;
        while (true)
        {
            var boxes = await monitor.AskAllAsync(cancellation);
            if (BootClock.Now >= until || LabJudge.FindDoubledOrMissing(plan, boxes).Count == 0)
                return boxes;
            await Task.Delay(100, cancellation);
        }
    }

    private LabResult Judge(
        LabPlan plan,
        Instant start,
        LabVerifier verifier,
        IReadOnlyList<(StatusReport Status, IReadOnlyList<ChannelReport> Channels)?> boxes)
    {
        var pairs = verifier.Pairs();
        var failures = pairs.Where(p => p.ReachedAt is null)
            .Select(p => $"{plan.Boxes[p.From].Name} does not reach {plan.Boxes[p.To].Name} "
                + (p.View == LabView.Acp ? "in the acp namespace" : "through acp0 on the host"))
            .Concat(LabJudge.FindDoubledOrMissing(plan, boxes))
            .ToList();
        var latest = pairs.Any(p => p.ReachedAt is null) ? null : pairs.Max(p => p.ReachedAt);
        var answered = boxes.Select((b, i) => (Index: i, Answer: b)).Where(b => b.Answer is not null)
            .Select(b => (b.Index, b.Answer!.Value.Status)).ToList();
        var kinds = answered.Select(b => b.Status.DataPlane.Kind).Distinct().ToList();
        return new LabResult(
            _options.Nodes,
            Name(_options.Topology),
            kinds.Count switch { 0 => "unknown", 1 => kinds[0], _ => "mixed" },
            _options.Nodes * (_options.Nodes - 1),
            pairs.GroupBy(p => (p.From, p.To)).Count(g => g.All(p => p.ReachedAt is not null)),
            latest is { } at ? Math.Round((at - start).TotalMilliseconds, 1) : null,
            LabPhases.Of(start, answered.Select(b => (b.Status.Milestones, VerifiedAt(b.Index))).ToList()),
            plan.Boxes.Select(box => boxes[box.Index] is var (status, _)
                ? new LabNodeResult(
                    box.Name, status.Identity?.AcpAddress, status.IkeSas, status.ChildSas, status.Routes, status.RssKib, status.DataPlane.Kind)
                : new LabNodeResult(box.Name, null, 0, 0, 0, 0, "unknown")).ToList(),
            failures);

        Instant? VerifiedAt(int box)
        {
            var own = pairs.Where(p => p.From == box).ToList();
            return own.Any(p => p.ReachedAt is null) ? null : own.Max(p => p.ReachedAt);
        }
    }

    private void SayHowToLookInside(LabPlan plan)
    {
        var box = plan.Boxes[0];
        var run = box.Daemon;
        _progress.Say($"""
            The lab runs on. To look inside, for n1 (the others alike):
              acpd status --instance {run.Instance}
              ip netns exec {run.AcpNamespace} ip -6 route         the ACP itself
              ip netns exec {run.AbutmentNamespace} ip -6 address      the links to the neighbours
              ip netns exec {box.HostNamespace} ping ADDRESS       as a program on that box would
              tail -f {run.LogFile}
            When done: acpd lab clean {plan.Id}
            """);
    }

    private static string Name(LabTopology topology) => topology.ToString().ToLowerInvariant();

    /// <summary>Five characters of which no two look alike, so that it can be read out.</summary>
    private static string NewId() => RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 5);

    private static string Tail(string path)
    {
        try
        {
            return string.Join('\n', File.ReadLines(path).TakeLast(8).Select(l => "  " + l));
        }
        catch (IOException e)
        {
            return string.Create(CultureInfo.InvariantCulture, $"  (cannot be read: {e.Message})");
        }
    }
}
