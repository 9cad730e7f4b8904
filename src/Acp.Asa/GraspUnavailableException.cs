using Acp.Wire.Grasp;

namespace Acp.Asa;

/// <summary>The engine cannot do it now: there is no network to trust yet, or it has as much to do as it takes.</summary>
public sealed class GraspUnavailableException(GraspError error, string? reason) : GraspException(error, reason);
