using Acp.Asa;

namespace AsaSamples;

/// <summary>An ASA comes, registers what it talks about, and goes.</summary>
internal static class Registration
{
    public static async Task RunAsync(GraspApi grasp, Action<string> print)
    {
        // One name, once on this node.
        var thermometer = await grasp.RegisterAsaAsync("thermometer");

        // A private objective, one with a colon, to be synchronized.
        var temperature = Objective.Synchronizable("example:temperature");
        await thermometer.RegisterObjectiveAsync(temperature);

        // Another objective, answered for even while nobody listens, and shared with other ASAs of this node that say so too.
        var unit = Objective.Synchronizable("example:unit");
        await thermometer.RegisterObjectiveAsync(unit, new ObjectiveRegistration { Discoverable = true, Overlap = true });

        try
        {
            await grasp.RegisterAsaAsync("thermometer");
        }
        catch (GraspUsageException e)
        {
            print($"a second thermometer: {e.Error}");
        }

        await thermometer.DeregisterObjectiveAsync(unit.Name);

        // Disposing of an ASA deregisters it, with its objectives, sessions and listeners.
        await thermometer.DisposeAsync();
        await using var next = await grasp.RegisterAsaAsync("thermometer");
        print($"{next.Name} is back");
    }
}
