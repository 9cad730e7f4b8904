using Acp.Wire;

namespace Acp.Asa;

/// <summary>Somebody asks to negotiate, and it is our turn.</summary>
/// <param name="Peer">Where from, if known.</param>
public sealed record NegotiationRequest(NegotiationSession Session, Objective Objective, Ipv6Address? Peer);
