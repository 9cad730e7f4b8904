namespace Acp.Wire.Grasp;

/// <summary>What an element of a message is, by its beginning.</summary>
internal enum GraspElementKind
{
    Other,

    /// <summary><c>[]</c>.</summary>
    Empty,

    /// <summary><c>[number, …]</c>.</summary>
    Option,

    /// <summary><c>[text, …]</c>.</summary>
    Objective,

    /// <summary><c>[[…], …]</c>: an objective of a flood, with its locator.</summary>
    Entry,
}
