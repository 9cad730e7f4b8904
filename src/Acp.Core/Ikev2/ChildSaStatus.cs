using Acp.Core.Time;

namespace Acp.Core.Ikev2;

/// <summary>One child SA pair as people see it.</summary>
/// <param name="RekeyAt">When we will rekey it, unless the peer does first; null when that is under way or over.</param>
/// <param name="EndsAt">When it ends, replaced or not; null when it is being deleted.</param>
public sealed record ChildSaStatus(uint InboundSpi, uint OutboundSpi, EspAlgorithm Algorithm, bool ExtendedSequenceNumbers,
    Instant Since, ChildSaState State, Instant? RekeyAt, Instant? EndsAt);
