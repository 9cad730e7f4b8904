namespace Acp.Wire.Rpl;

/// <summary>
/// DODAG Configuration (RFC 6550 §6.7.6). Every node repeats the root's option unchanged, so the unused bits are kept:
/// <paramref name="Flags"/> is the high nibble of its octet (0 to 15), <paramref name="Reserved"/> the octet before the
/// default lifetime.
/// </summary>
/// <param name="AuthenticationEnabled">The A bit.</param>
/// <param name="PathControlSize">PCS, 0 to 7: the number of path control bits, less one.</param>
/// <param name="DioIntervalDoublings">Trickle's doublings; unused (RFC 8994 §6.12.1.7).</param>
/// <param name="DioIntervalMin">Trickle's Imin as a power of two of milliseconds; unused.</param>
/// <param name="DioRedundancyConstant">Trickle's k; unused.</param>
/// <param name="MaxRankIncrease">DAGMaxRankIncrease; 0 for no limit.</param>
/// <param name="MinHopRankIncrease">Rank units in one DAGRank; 256 unless the root has a reason.</param>
/// <param name="ObjectiveCodePoint">OCP; 0 is OF0 (RFC 6552).</param>
/// <param name="DefaultLifetime">In units of <paramref name="LifetimeUnit"/>; 255 is infinite.</param>
/// <param name="LifetimeUnit">Seconds.</param>
public sealed record DodagConfigurationOption(
    bool AuthenticationEnabled,
    byte PathControlSize,
    byte DioIntervalDoublings,
    byte DioIntervalMin,
    byte DioRedundancyConstant,
    ushort MaxRankIncrease,
    ushort MinHopRankIncrease,
    ushort ObjectiveCodePoint,
    byte DefaultLifetime,
    ushort LifetimeUnit,
    byte Flags = 0,
    byte Reserved = 0) : RplOption;
