namespace Acp.Core.Grasp;

/// <summary>How a link carries what RFC 8990 calls link-local multicast.</summary>
public enum GraspInterfaceKind
{
    /// <summary>
    /// A channel of the ACP: a reliable session to each neighbour, which an M_RESPONSE goes back on (J-05, J-08).
    /// </summary>
    Channel,

    /// <summary>
    /// UDP to ALL_GRASP_NEIGHBORS: an M_RESPONSE goes to the source address and port of the discovery over TCP
    /// (RFC 8990 §2.5.4.4), and no message may be larger than one packet of 1280 octets (§2.5.3).
    /// </summary>
    Multicast,
}
