using Acp.Asa;
using Acp.Wire;

namespace AsaSamples;

/// <summary>News for every node, with the place where there is more.</summary>
internal static class Flooding
{
    public static async Task RunAsync(GraspApi here, GraspApi there, TimeProvider time, Action<string> print)
    {
        var news = Objective.Synchronizable("example:news");
        await using var paper = await there.RegisterAsaAsync("newspaper");
        await paper.RegisterObjectiveAsync(news);

        // Good for ten minutes. Each copy is tagged with a locator; null tags nothing.
        var office = AsaLocator.Tcp(Ipv6Address.Parse("2001:db8::1"), 80);
        await paper.FloodAsync(TimeSpan.FromMinutes(10), [new TaggedObjective(news with { Value = "nothing happened" }, office.Locator)]);

        await using var reader = await here.RegisterAsaAsync("reader");
        IReadOnlyList<TaggedObjective> known;
        while ((known = await reader.GetFloodAsync(news.Name)).Count == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(10), time);
        print($"{known[0].Objective.Value} says {known[0].Locator}");

        // A flooded copy is also what synchronization gives, at once.
        print((await reader.SynchronizeAsync(news)).Value.ToText());

        // Enough of it, on this node.
        await reader.ExpireFloodAsync(known[0]);
        print($"{(await reader.GetFloodAsync(news.Name)).Count} left");
    }
}
