namespace Acp.Explorer;

internal enum ExplorerEventKind
{
    /// <summary>A datagram arrives.</summary>
    Datagram,

    /// <summary>A question is answered.</summary>
    Answer,

    Operation,

    /// <summary>A node without a channel that wants one begins.</summary>
    Retry,

    /// <summary>A packet arrives on a child SA.</summary>
    Packet,

    /// <summary>A datagram that was held for another has waited long enough.</summary>
    Release,
}
