using System.Diagnostics;
using System.Globalization;
using Acp.Explorer;
using Xunit.Abstractions;

namespace Acp.Sim.Ikev2;

/// <summary>
/// Two real IKEv2 machines under every single fault of every exchange, and under random schedules: see <see cref="ExplorerWorld"/> for
/// what must hold. With ACP_EXPLORER_SCHEDULES=1000000 the random part plays a million (some minutes); by default what fits into half
/// a minute. <c>dotnet run --project tests/Acp.Explorer -c Release -- 1000000</c> does the same and shows its progress.
/// </summary>
public class ExplorerTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Share = TimeSpan.FromSeconds(25);

    [Fact]
    [Trait("Row", "C-26")]
    [Trait("Row", "D-39")]
    [Trait("Row", "D-42")]
    public void Every_single_loss_duplicate_delay_and_reordering_of_every_exchange() => Judge(Explorer.Explorer.Play(Scenarios.All()));

    [Fact]
    [Trait("Row", "D-39")]
    [Trait("Row", "D-42")]
    [Trait("Row", "D-46")]
    public void Random_schedules()
    {
        var wished = Environment.GetEnvironmentVariable("ACP_EXPLORER_SCHEDULES");
        var report = wished is null
            ? Explorer.Explorer.Play(Until(Explorer.Explorer.Random(1, 1_000_000), Share))
            : Explorer.Explorer.Play(Explorer.Explorer.Random(1, long.Parse(wished, CultureInfo.InvariantCulture)), progress: Show);
        Judge(report);
        foreach (var what in new[] { "simultaneous initiation", "simultaneous IKE rekeying", "simultaneous child rekeying", "peer restarted", "dead peer" })
            Assert.True(report.Seen.GetValueOrDefault(what) > 0, $"the schedules do not reach: {what}");
    }

    [Fact]
    public void Schedules_with_the_cryptography_of_the_platform() =>
        Judge(Explorer.Explorer.Play(Explorer.Explorer.Random(5_000_000, 150).Select(s => s with { RealCrypto = true })));

    [Fact]
    public void A_schedule_can_be_printed_and_read_back()
    {
        var world = new ExplorerWorld();
        for (ulong number = 1; number < 40; number++)
        {
            var schedule = ScheduleGenerator.Random(number);
            world.Play(schedule, record: true);
            var listed = schedule with { Profile = null, Fates = new Dictionary<int, Fate>(world.DrawnFates) };
            var sent = world.Sent;
            var again = Schedule.Parse(listed.ToString());
            Assert.Equal(listed.ToString(), again.ToString());
            world.Play(again);
            Assert.Equal(sent, world.Sent);
        }
    }

    /// <summary>The explorer sees what it should: a peer that never hears us is a failure where a channel was expected.</summary>
    [Theory]
    [InlineData("seed=1 setup=plain want=none expect=One; 0 A Initiate; 0 A Mute 100000")]
    [InlineData("seed=1 setup=plain want=none expect=Unbroken; 0 A Initiate; 1500 A Close")]
    [InlineData("seed=1 setup=plain want=AB expect=None; 0 A Initiate")]
    public void What_is_not_as_expected_is_reported(string schedule) =>
        Assert.Throws<InvariantException>(() => new ExplorerWorld().Play(Schedule.Parse(schedule)));

    private static IEnumerable<Schedule> Until(IEnumerable<Schedule> schedules, TimeSpan limit)
    {
        var watch = Stopwatch.StartNew();
        return schedules.TakeWhile(_ => watch.Elapsed < limit);
    }

    private static void Show(long played, int failures) => Console.Error.WriteLine($"explorer: {played} schedules, {failures} failures");

    private void Judge(ExplorerReport report)
    {
        output.WriteLine(report.ToString());
        Assert.True(report.Failures.Count == 0, report.Explain());
    }
}
