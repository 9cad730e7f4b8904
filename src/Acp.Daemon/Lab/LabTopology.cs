namespace Acp.Daemon.Lab;

/// <summary>How the lab's boxes are joined.</summary>
public enum LabTopology
{
    /// <summary>1 – 2 – 3 – …</summary>
    Line,

    /// <summary>A line whose ends are joined.</summary>
    Ring,

    /// <summary>Everybody to box 1.</summary>
    Star,

    /// <summary>Binary: box n to boxes 2n and 2n+1.</summary>
    Tree,

    /// <summary>Everybody to everybody.</summary>
    Mesh,

    /// <summary>The first and the last box, each to all the others.</summary>
    Diamond,
}
