using Acp.Asa;

namespace AsaSamples;

/// <summary>Who has a printer?</summary>
internal static class Discovery
{
    public static async Task RunAsync(GraspApi here, GraspApi there, Action<string> print)
    {
        var printer = Objective.Synchronizable("example:printer");
        await using var owner = await there.RegisterAsaAsync("printer owner");
        await owner.RegisterObjectiveAsync(printer, new ObjectiveRegistration { Discoverable = true, Ttl = TimeSpan.FromMinutes(5) });

        await using var seeker = await here.RegisterAsaAsync("seeker");

        // The first who answers. Null when nobody does in time, which is no failure.
        var first = await seeker.DiscoverFirstAsync(printer, TimeSpan.FromSeconds(10));
        print($"at {first!.Locator}");

        // Everybody who answers within this time, the best first; what was found before counts.
        var all = await seeker.DiscoverAsync(printer, TimeSpan.FromSeconds(1));
        print($"{all.Count} in all");

        // No time: only what is in the cache.
        var cached = await seeker.DiscoverAsync(printer, TimeSpan.Zero);
        print($"{cached.Count} in the cache");

        // Zero as the least time to live empties the cache first (RFC 8991 §2.3.4).
        var flushed = await seeker.DiscoverAsync(printer, TimeSpan.Zero, minimumTtl: TimeSpan.Zero);
        print($"{flushed.Count} after flushing");
    }
}
