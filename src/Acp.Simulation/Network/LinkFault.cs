namespace Acp.Simulation.Network;

/// <summary>Why a link does not work. Several may hold at once, and end one by one.</summary>
[Flags]
internal enum LinkFault
{
    None = 0,

    /// <summary>Of its own, seen as down.</summary>
    Cut = 1,

    /// <summary>Of its own, not seen.</summary>
    Silent = 2,

    /// <summary>It leads out of a part of the network that is cut off.</summary>
    Partition = 4,

    /// <summary>The same, not seen.</summary>
    SilentPartition = 8,

    Seen = Cut | Partition,

    Unseen = Silent | SilentPartition,
}
