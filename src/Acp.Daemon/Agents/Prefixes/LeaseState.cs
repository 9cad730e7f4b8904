namespace Acp.Daemon.Agents.Prefixes;

/// <summary>How far a prefix has got.</summary>
internal enum LeaseState
{
    /// <summary>Reserved for a negotiation that goes on (N-06). Found in the state after a crash, it may have been accepted.</summary>
    Offered,

    /// <summary>Its owner accepted.</summary>
    Delegated,

    /// <summary>
    /// The negotiation broke off after the offer: the owner may have accepted, and we not have heard. Only the same owner can have it,
    /// until it is free again; after a crash without end, until an operator releases it.
    /// </summary>
    Unclear,

    /// <summary>On an interface of this node.</summary>
    Local,
}
