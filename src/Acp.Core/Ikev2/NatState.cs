namespace Acp.Core.Ikev2;

/// <summary>What NAT detection found between the ends of an IKE SA (RFC 7296 §2.23).</summary>
/// <param name="PeerIsBehind">The peer's address or port is not what it sends from, or it says so to get encapsulation.</param>
/// <param name="WeAreBehind">Ours is not what the peer sees: we keep the mapping alive.</param>
/// <param name="Forced">The operator wants ESP in UDP without a NAT; the peer was told of one.</param>
public readonly record struct NatState(bool PeerIsBehind, bool WeAreBehind, bool Forced)
{
    /// <summary>ESP goes in UDP, and IKE to the NAT traversal port.</summary>
    public bool IsTraversed => PeerIsBehind || WeAreBehind || Forced;
}
