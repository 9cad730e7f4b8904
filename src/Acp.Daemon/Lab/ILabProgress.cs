namespace Acp.Daemon.Lab;

/// <summary>Where the lab shows how far it is.</summary>
public interface ILabProgress
{
    /// <summary>A step before the boxes run, or anything else worth a line.</summary>
    void Say(string line);

    /// <summary>The boxes run: shows snapshots until <paramref name="finished"/>.</summary>
    Task ShowAsync(Func<LabSnapshot> look, Task finished);
}
