namespace Acp.Explorer;

/// <summary>What a schedule does to one of the two nodes.</summary>
public enum OperationKind
{
    /// <summary>Begin an IKE SA.</summary>
    Initiate,

    /// <summary>Replace the channel's child SA.</summary>
    RekeyChild,

    /// <summary>Replace the channel's IKE SA.</summary>
    RekeyIke,

    /// <summary>Have a new certificate, which the peer is shown.</summary>
    Renew,

    /// <summary>Close the channel in an orderly way; whoever wants it may begin anew.</summary>
    Close,

    /// <summary>Lose all state and begin anew, as a crash does.</summary>
    Crash,

    /// <summary>Close everything and wish for nothing until the next crash or start: an orderly shutdown.</summary>
    Shutdown,

    /// <summary>The node's interface goes down; datagrams are lost both ways.</summary>
    LinkDown,

    /// <summary>It returns, with a new link number.</summary>
    LinkUp,

    /// <summary>For so many milliseconds whatever the node sends is lost on the way, and no end notices.</summary>
    Mute,

    /// <summary>The node stands still for so many milliseconds (suspend, or a busy machine), then time has leapt.</summary>
    Pause,

    /// <summary>One packet through the channel.</summary>
    Send,

    /// <summary>A forged, unprotected INVALID_IKE_SPI for the node's newest IKE SA (D-45).</summary>
    Hint,
}
