using Acp.Asa;

namespace AsaSamples;

/// <summary>News as they come, by somebody who need not ask again and again.</summary>
internal static class Watching
{
    public static async Task RunAsync(GraspApi here, GraspApi there, Action<string> print)
    {
        var news = Objective.Synchronizable("example:news");
        await using var paper = await there.RegisterAsaAsync("newspaper");
        await paper.RegisterObjectiveAsync(news);
        await paper.FloodAsync(TimeSpan.FromMinutes(10), news with { Value = "morning edition" });

        await using var reader = await here.RegisterAsaAsync("reader");
        // What is known already comes first, if anything is; then whatever is new. Null instead of the name watches everything.
        await foreach (var flood in reader.WatchFloodsAsync(news.Name))
        {
            print(flood.Objective.Value.ToText());
            if (flood.Objective.Value == "late edition")
                break;

            // The same again is no news, and the loop would not see it.
            await paper.FloodAsync(TimeSpan.FromMinutes(10), news with { Value = "morning edition" });
            await paper.FloodAsync(TimeSpan.FromMinutes(10), news with { Value = "late edition" });
        }
    }
}
