using System.Globalization;
using Acp.Daemon.Lab;
using Xunit.Abstractions;

namespace Acp.Lab.Robustness;

/// <summary>
/// Daemons that die without a word: the others notice and go around, the one that comes back finds its place, and
/// nothing is there twice.
/// </summary>
[Collection(nameof(LabCollection))]
public sealed class KillTests(ITestOutputHelper output)
{
    /// <summary>Dead peers are found within four seconds instead of 23, so that ten kills fit into a test.</summary>
    private const string FastTimers = "dpd=1s,retransmit=200ms";

    [Fact]
    public async Task A_killed_box_is_gone_around_and_rejoins_ten_times()
    {
        using var lab = new RunningLab(new LabOptions { Nodes = 5, Topology = LabTopology.Ring, Timers = FastTimers }, output);
        lab.StartAll();
        await lab.UntilRightAsync("before");
        for (var run = 1; run <= 10; run++)
        {
            // A random moment: in most runs the last restart is still settling.
            await Task.Delay(lab.Random.Next(0, 1500));
            var victim = lab.Random.Next(lab.Plan.Boxes.Count);
            lab.Say($"kill {lab.Name(victim)}");
            lab.Kill(victim);
            if (run % 2 == 0)
            {
                // Back before anybody missed it.
                await Task.Delay(lab.Random.Next(0, 1000));
            }
            else
            {
                await lab.UntilPairsReachAsync($"run {run}: without {lab.Name(victim)}");
                await lab.UntilRightAsync($"run {run}: without {lab.Name(victim)}");
            }

            lab.Start(victim);
            if (run % 3 != 0)
                await lab.UntilRightAsync(string.Create(CultureInfo.InvariantCulture, $"run {run}: {lab.Name(victim)} is back"));
        }

        await lab.UntilRightAsync("afterwards");
        StopAndFindNothing(lab);
    }

    [Fact]
    public async Task With_the_protocols_own_timers_a_dead_peer_is_noticed_within_30_seconds()
    {
        using var lab = new RunningLab(new LabOptions { Nodes = 4, Topology = LabTopology.Ring }, output);
        lab.StartAll();
        await lab.UntilRightAsync("before");
        lab.Kill(1);
        await lab.UntilAsync(
            "both neighbours gave n2 up",
            async () => await lab.TryChannelsAsync(0) is { Count: 1 } && await lab.TryChannelsAsync(2) is { Count: 1 },
            TimeSpan.FromSeconds(30));
        await lab.UntilRightAsync("around n2");
        lab.Start(1);
        await lab.UntilRightAsync("n2 is back");
    }

    [Fact]
    public async Task A_cut_cable_is_noticed_at_once_and_gone_around()
    {
        // Much sooner than liveness would find it, which is after 23 s.
        var atOnce = TimeSpan.FromSeconds(8);
        using var lab = new RunningLab(new LabOptions { Nodes = 4, Topology = LabTopology.Ring }, output);
        lab.StartAll();
        await lab.UntilRightAsync("before");
        var cut = lab.Cables[0];
        lab.Cables.Remove(cut);
        lab.SetLink(cut.A, cut.AInterface, up: false);
        await lab.UntilRightAsync("around the cut", atOnce);
        lab.Cables.Add(cut);
        lab.SetLink(cut.A, cut.AInterface, up: true);
        await lab.UntilRightAsync("the cable is whole again", atOnce);
    }

    [Fact]
    public async Task A_stopped_box_says_goodbye_so_that_nobody_waits_for_it_and_leaves_nothing()
    {
        using var lab = new RunningLab(new LabOptions { Nodes = 3 }, output);
        lab.StartAll();
        await lab.UntilRightAsync("before");
        using (var footprint = new Footprint(lab.Plan.Boxes[1]))
        {
            Assert.True(footprint.IsWhole);
            Assert.Equal([0], lab.Stop(1));
            Assert.Empty(footprint.FindLeft());
        }

        await lab.UntilAsync(
            "both neighbours heard the goodbye",
            async () => await lab.TryChannelsAsync(0) is { Count: 0 } && await lab.TryChannelsAsync(2) is { Count: 0 },
            TimeSpan.FromSeconds(3));
        lab.Start(1);
        await lab.UntilRightAsync("n2 is back");
    }

    [Fact]
    public async Task Killed_or_stopped_while_it_starts_a_box_leaves_nothing_that_the_next_start_does_not_mend()
    {
        using var lab = new RunningLab(new LabOptions { Nodes = 3, Timers = FastTimers }, output);
        lab.StartAll();
        await lab.UntilRightAsync("before");
        lab.Kill(1);
        for (var run = 1; run <= 20; run++)
        {
            var after = lab.Random.Next(0, 700);
            lab.Start(1);
            await Task.Delay(after);
            if (run % 2 == 0)
            {
                lab.Say($"kill after {after} ms");
                lab.Kill(1);
                continue;
            }

            using var footprint = new Footprint(lab.Plan.Boxes[1]);
            var code = lab.Stop(1)[0];
            lab.Say($"SIGTERM after {after} ms: exit code {code}");

            // Before the program has its handlers, the signal does what it does by itself; then nothing was made yet,
            // but the predecessor's remains are still there.
            Assert.Contains(code, (int[])[0, 128 + 15]);
            if (code == 0)
                Assert.Empty(footprint.FindLeft());
        }

        lab.Start(1);
        await lab.UntilRightAsync("n2 is back");
        StopAndFindNothing(lab);
    }

    private static void StopAndFindNothing(RunningLab lab)
    {
        var footprints = lab.Plan.Boxes.Select(b => new Footprint(b)).ToList();
        try
        {
            Assert.All(footprints, f => Assert.True(f.IsWhole));
            Assert.All(lab.StopAll(), code => Assert.Equal(0, code));
            Assert.Empty(footprints.SelectMany(f => f.FindLeft()));
        }
        finally
        {
            footprints.ForEach(f => f.Dispose());
        }
    }
}
