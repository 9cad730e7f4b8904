using Acp.Wire.Grasp;

namespace Acp.Asa;

/// <summary>The call cannot work as it was made: trying again will not help, changing the program will.</summary>
public sealed class GraspUsageException(GraspError error, string? reason) : GraspException(error, reason);
