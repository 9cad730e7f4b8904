using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>A flood whose signature waits for the certificate.</summary>
/// <param name="Received">Its ttl counts from here.</param>
internal sealed record HeldFlood(FloodMessage Message, GraspInterface Arrival, GraspNeighbor Source, Instant Received, ByteString Payload);
