using Acp.Wire.Grasp;

namespace Acp.Asa;

/// <summary>
/// The engine cannot do it now: there is no network to trust yet, or it has as much to do as it takes. With
/// <see cref="GraspError.noEngine"/> it is gone, and with it all that was registered: attach again and begin anew.
/// </summary>
public sealed class GraspUnavailableException(GraspError error, string? reason, Exception? inner = null) : GraspException(error, reason, inner);
