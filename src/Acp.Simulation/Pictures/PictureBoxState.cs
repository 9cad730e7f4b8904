namespace Acp.Simulation.Pictures;

/// <summary>What a box is doing at the moment of the picture.</summary>
public enum PictureBoxState
{
    /// <summary>It is the root of a DODAG.</summary>
    Root,

    /// <summary>It has a parent.</summary>
    Joined,

    /// <summary>It is up, and in no DODAG with anybody else.</summary>
    Alone,

    /// <summary>It is off.</summary>
    Off,
}
