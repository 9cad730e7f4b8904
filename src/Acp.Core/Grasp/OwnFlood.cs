using Acp.Core.Time;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>An objective that an ASA of this node flooded, kept to say it again to a new neighbour (J-12).</summary>
/// <param name="Entry">As the ASA gave it: an unspecified address is still one.</param>
/// <param name="LinkOnly">It never leaves the link: the loop count is one.</param>
internal sealed record OwnFlood(AsaHandle Asa, uint SessionId, FloodEntry Entry, TimeSpan Ttl, Instant? Expires, bool LinkOnly);
