namespace Acp.Simulation.Pictures;

/// <summary>What a link is doing at the moment of the picture.</summary>
public enum PictureLinkState
{
    /// <summary>A secure channel runs over it, and one end is the other's preferred parent.</summary>
    Parent,

    /// <summary>A secure channel runs over it.</summary>
    Channel,

    /// <summary>It is up, and nothing runs over it.</summary>
    Idle,

    /// <summary>It is down, or one of its ends is off.</summary>
    Dead,
}
