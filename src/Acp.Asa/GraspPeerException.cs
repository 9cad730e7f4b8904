using Acp.Wire.Grasp;

namespace Acp.Asa;

/// <summary>Nobody was found, or the peer did not answer, left, or sent nonsense: try later, or another peer.</summary>
public sealed class GraspPeerException(GraspError error, string? reason) : GraspException(error, reason);
