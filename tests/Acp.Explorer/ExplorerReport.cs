using System.Text;

namespace Acp.Explorer;

/// <summary>What came of many schedules.</summary>
/// <param name="Seen">How often things of interest happened.</param>
public sealed record ExplorerReport(long Played, long Steps, long Datagrams, TimeSpan Time,
    IReadOnlyList<(Schedule Schedule, string Failure)> Failures, IReadOnlyDictionary<string, long> Seen)
{
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append($"{Played} schedules in {Time.TotalSeconds:0.0} s ({Played / Time.TotalSeconds:0}/s), {Steps} steps, {Datagrams} datagrams, {Failures.Count} failures");
        foreach (var (name, count) in Seen)
            text.AppendLine().Append($"  {count,12} {name}");
        return text.ToString();
    }

    /// <summary>Each failure as it came, shrunk, and how to play it again.</summary>
    public string Explain(int most = 3)
    {
        var text = new StringBuilder();
        foreach (var (schedule, failure) in Failures.Take(most))
        {
            var (small, why) = Shrinker.Shrink(schedule);
            text.AppendLine($"seed {schedule.Seed}: {failure}").AppendLine($"  shrunk: {small}").AppendLine($"  fails with: {why}");
        }

        return text.ToString();
    }
}
