using Acp.Core.Time;
using Acp.Simulation.Clock;
using Acp.Simulation.Network;
using Acp.Simulation.Reports;

namespace Acp.Simulation.Schedules;

/// <summary>Lets the events of a schedule happen.</summary>
internal sealed class SchedulePlayer(Simulation simulation)
{
    private readonly List<Disturbance> _disturbances = [];
    private readonly List<SimulatedLink> _partitioned = [];

    public IReadOnlyList<Disturbance> Disturbances => _disturbances;

    /// <summary>Events that have happened.</summary>
    public int Played { get; private set; }

    public bool HasPlayed => Played > 0;

    /// <summary>When the last of them did.</summary>
    public Instant LastEventAt { get; private set; }

    /// <summary>When the last of those did that may take a way from somebody.</summary>
    public Instant LastInterruptionAt { get; private set; }

    /// <summary>From now on. The answer is the time until the last event.</summary>
    public TimeSpan Begin()
    {
        LastEventAt = LastInterruptionAt = simulation.Now;
        foreach (var happening in simulation.Options.Schedule.Events)
            simulation.Enqueue(new Callback(() => Play(happening)), simulation.Now + happening.At);
        return simulation.Options.Schedule.Events[^1].At;
    }

    /// <summary>Every pair routes, and has since <paramref name="since"/>.</summary>
    public void NoteComplete(Instant since)
    {
        if (_disturbances is [.., { Recovery: null } last])
            _disturbances[^1] = last with { Recovery = since > LastEventAt ? since - LastEventAt : TimeSpan.Zero };
    }

    private static void PowerOff(SimulatedNode node) => node.Kill();

    private void Play(SimulationEvent happening)
    {
        Played++;
        LastEventAt = simulation.Now;
        if (happening.Interrupts)
            LastInterruptionAt = simulation.Now;
        simulation.NoteRouting(TraceKind.Schedule, Played, (ulong)happening.At.Ticks);
        _disturbances.Add(new Disturbance(simulation.Elapsed, happening.ToString(), null));
        switch (happening)
        {
            case SimulationEvent.LinkDown down:
                simulation.Links[down.Link].Cut();
                break;
            case SimulationEvent.LinkUp up:
                simulation.Links[up.Link].Up();
                break;
            case SimulationEvent.LinkSilent silent:
                simulation.Links[silent.Link].IsSilent = true;
                break;
            case SimulationEvent.LinkQualityChange change:
                simulation.Links[change.Link].Quality = change.Quality;
                break;
            case SimulationEvent.Partition partition:
                Divide(partition);
                break;
            case SimulationEvent.Heal:
                Heal();
                break;
            case SimulationEvent.NodeCrash crash:
                PowerOff(simulation.Nodes[crash.Node]);
                break;
            case SimulationEvent.NodeStart start:
                simulation.Nodes[start.Node].Start();
                break;
            case SimulationEvent.RogueNode rogue:
                simulation.Nodes[rogue.Node].Start(asRogue: true);
                break;
            case SimulationEvent.NodeShutdown shutdown:
                Shutdown(simulation.Nodes[shutdown.Node]);
                break;
            case SimulationEvent.RootLoss:
                if (new ReportBuilder(simulation).Root() is { } root)
                    PowerOff(simulation.Nodes[root]);
                break;
            case SimulationEvent.PowerFailure failure:
                FailPower(failure.For);
                break;
            case SimulationEvent.Garbage garbage:
                Litter(simulation.Nodes[garbage.Node], simulation.Now + garbage.For, TimeSpan.FromSeconds(1.0 / Math.Max(1, garbage.PerSecond)));
                break;
            case SimulationEvent.ClockSkew skew:
                simulation.Nodes[skew.Node].SetClock(skew.Offset);
                break;
            case SimulationEvent.RenewCertificate renew:
                simulation.Nodes[renew.Node].RenewCertificate();
                break;
            default:
                throw new InvalidOperationException($"nobody plays {happening}");
        }
    }

    private void Divide(SimulationEvent.Partition partition)
    {
        var inside = partition.Nodes.ToHashSet();
        foreach (var link in simulation.Links)
        {
            if (inside.Contains(link.A.Node.Number) == inside.Contains(link.B.Node.Number))
                continue;
            _partitioned.Add(link);
            link.Set(partition.Silent ? LinkFault.SilentPartition : LinkFault.Partition, true);
        }
    }

    private void Heal()
    {
        foreach (var link in _partitioned)
        {
            link.Set(LinkFault.SilentPartition, false);
            link.Set(LinkFault.Partition, false);
        }

        _partitioned.Clear();
    }

    private void Shutdown(SimulatedNode node)
    {
        var life = node.Life;
        node.Tell((machine, now) => machine.Shutdown(now));
        simulation.After(TimeSpan.FromSeconds(0.5), () =>
        {
            if (node.Life == life)
                node.Kill();
        });
    }

    private void FailPower(TimeSpan duration)
    {
        var on = simulation.Nodes.Where(n => n.IsRunning).ToList();
        on.ForEach(PowerOff);
        simulation.After(duration, () =>
        {
            LastEventAt = LastInterruptionAt = simulation.Now;
            foreach (var node in on)
                node.Start();
        });
    }

    private void Litter(SimulatedNode node, Instant until, TimeSpan every)
    {
        if (simulation.Now >= until)
            return;
        foreach (var port in node.Ports)
            node.SendGarbage(port);
        simulation.After(every, () => Litter(node, until, every));
    }
}
