using Acp.Simulation;
using Acp.Simulation.Schedules;
using Acp.Simulation.Topologies;

namespace Acp.Tests.Simulator;

/// <summary>Schedules from files.</summary>
public class ScheduleTests
{
    private static readonly LinkQuality Good = new();

    private static readonly Topology Named = new(
        "net", 4, [new TopologyEdge(0, 1, Good), new TopologyEdge(1, 2, Good), new TopologyEdge(2, 3, Good)])
    {
        Labels = ["a", "b-c", "d", "9"],
    };

    [Fact]
    public void Every_kind_of_line_is_read()
    {
        var schedule = Read("""
            # what, and when
            10s down 0
            12s   up a-b-c          # the same one by its ends
            20s silent d-b-c
            30s quality 9-d loss=5% latency=80ms
            1m partition a,b-c silent
            90s partition d
            2m heal
            3m crash 9
            3m20s start 0
            4m shutdown d
            5m root-loss
            6m power-failure 10s
            7m rogue a
            8m garbage a 30s
            8m30s garbage a 30s 700
            9m clock-skew a -3d
            9m30s clock-skew a 5m
            10m renew all
            11m renew d
            """);
        string[] expected =
        [
            S(new SimulationEvent.LinkDown(At(10), 0)), S(new SimulationEvent.LinkUp(At(12), 0)), S(new SimulationEvent.LinkSilent(At(20), 1)),
            S(new SimulationEvent.LinkQualityChange(At(30), 2, Good with { Loss = 0.05, Latency = TimeSpan.FromMilliseconds(80) })),
            S(new SimulationEvent.Partition(At(60), [0, 1], true)), S(new SimulationEvent.Partition(At(90), [2])), S(new SimulationEvent.Heal(At(120))),
            S(new SimulationEvent.NodeCrash(At(180), 3)), S(new SimulationEvent.NodeStart(At(200), 0)), S(new SimulationEvent.NodeShutdown(At(240), 2)),
            S(new SimulationEvent.RootLoss(At(300))), S(new SimulationEvent.PowerFailure(At(360), At(10))), S(new SimulationEvent.RogueNode(At(420), 0)),
            S(new SimulationEvent.Garbage(At(480), 0, At(30))), S(new SimulationEvent.Garbage(At(510), 0, At(30), 700)),
            S(new SimulationEvent.ClockSkew(At(540), 0, TimeSpan.FromDays(-3))), S(new SimulationEvent.ClockSkew(At(570), 0, TimeSpan.FromMinutes(5))),
            .. Enumerable.Range(0, 4).Select(i => S(new SimulationEvent.RenewCertificate(At(600), i))), S(new SimulationEvent.RenewCertificate(At(660), 2)),
        ];
        Assert.Equal(expected, schedule.Events.Select(S));
        Assert.Equal([0, 1], Assert.IsType<SimulationEvent.Partition>(schedule.Events[4]).Nodes);
    }

    [Theory]
    [InlineData("soon down 0", "'soon' is no time such as 10s or 1h30m")]
    [InlineData("1s", "a line says when, what, and whom")]
    [InlineData("1s down", "which link?")]
    [InlineData("1s down 3", "there is no link '3'")]
    [InlineData("1s down a-d", "there is no link 'a-d'")]
    [InlineData("1s down 0 1", "'1' is more than the event needs")]
    [InlineData("1s crash", "which box?")]
    [InlineData("1s crash 4", "there is no box '4'")]
    [InlineData("1s crash x", "there is no box 'x'")]
    [InlineData("1s heal now", "'now' is more than the event needs")]
    [InlineData("1s root-loss 3", "'3' is more than the event needs")]
    [InlineData("1s partition", "partition needs boxes, with commas between them")]
    [InlineData("1s partition a loud", "'loud' is more than the event needs")]
    [InlineData("1s quality 0", "quality needs attributes such as loss=5%")]
    [InlineData("1s quality 0 loss", "'loss' is no attribute such as loss=5%")]
    [InlineData("1s quality 0 loss=7", "loss: '7' is not a part of all packets such as 0.05 or 5%")]
    [InlineData("1s power-failure", "power-failure needs to know for how long, such as 10s")]
    [InlineData("1s garbage a", "garbage needs to know for how long, such as 30s")]
    [InlineData("1s garbage a 1s 0", "'0' is not a number of messages per second from 1 to 100000")]
    [InlineData("1s clock-skew a", "clock-skew needs to know by how much, such as 5m or -3d")]
    public void A_line_that_is_wrong_is_named(string line, string reason)
    {
        Assert.False(ScheduleFile.TryRead("e.txt", "1s heal\n\n" + line, Named, out var schedule, out var error));
        Assert.Null(schedule);
        Assert.Equal(new FileError("e.txt", 3, reason), error);
    }

    [Fact]
    public void An_unknown_event_is_told_what_there_is()
    {
        Assert.False(ScheduleFile.TryRead("e.txt", "1s explode 1", Named, out _, out var error));
        Assert.StartsWith("'explode' is no event. There are: 10s down LINK; ", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_form_that_is_told_is_one()
    {
        foreach (var form in ScheduleFile.Forms)
        {
            var line = form.Replace("LINK", "0", StringComparison.Ordinal).Replace("BOX,BOX,…", "0,1", StringComparison.Ordinal).Replace("BOX|all", "all", StringComparison.Ordinal)
                .Replace("BOX", "1", StringComparison.Ordinal).Replace("[silent]", "silent", StringComparison.Ordinal).Replace("[PER-SECOND]", "9", StringComparison.Ordinal);
            // Box 1 has a name, and is known by its number all the same.
            Assert.True(ScheduleFile.TryRead("e", line, Named, out _, out var error), $"{line}: {error}");
        }
    }

    private static Schedule Read(string text)
    {
        Assert.True(ScheduleFile.TryRead("file", text, Named, out var schedule, out var error), error?.ToString());
        return schedule;
    }

    private static TimeSpan At(int seconds) => TimeSpan.FromSeconds(seconds);

    private static string S(SimulationEvent happening) => happening.ToString()!;
}
