namespace Acp.Core.Ikev2;

/// <summary>A rekeying of an IKE SA by the peer that we answered while our own was under way: which of the two stays, its answer will tell.</summary>
/// <param name="Made">The new IKE SA, pending.</param>
/// <param name="LowerNonce">The lower nonce of its exchange.</param>
internal sealed record PeerRekey(IkeSa Made, byte[] LowerNonce);
