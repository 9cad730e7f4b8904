namespace Acp.Simulation.Schedules;

/// <summary>How much happens in a schedule that <see cref="RandomSchedule"/> draws up.</summary>
public sealed record RandomScheduleOptions
{
    /// <summary>From the first event to about the last.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Links that go down and come back.</summary>
    public int Flaps { get; init; } = 30;

    /// <summary>A flap lasts up to this, evenly by chance.</summary>
    public TimeSpan LongestFlap { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Part of the flaps, and of the partitions, that nobody sees: 0 to 1.</summary>
    public double Silent { get; init; } = 0.2;

    /// <summary>Nodes that lose power and get it back.</summary>
    public int Crashes { get; init; } = 5;

    /// <summary>A node stays off up to this long.</summary>
    public TimeSpan LongestOff { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>Times that a part of the network is cut off, one after the other, and joined again.</summary>
    public int Partitions { get; init; } = 2;

    /// <summary>Times that a node gets a new certificate.</summary>
    public int Renewals { get; init; }
}
