namespace Acp.Core.Rpl;

/// <summary>Ranks and Objective Function Zero (RFC 6550 §3.5, §17; RFC 6552 §4.1; RFC 8994 §6.12.1.6).</summary>
public static class Rank
{
    /// <summary>DEFAULT_MIN_HOP_RANK_INCREASE: of a DODAG whose root says nothing else. Our own roots do: see <see cref="RplOptions.MinHopRankIncrease"/>.</summary>
    public const ushort DefaultMinHopRankIncrease = 256;

    /// <summary>With more than that, nobody could be below the root: its rank and the first step together are infinite.</summary>
    public const ushort LargestMinHopRankIncrease = (Infinite - 1) / (HighSpeedFactor * Step + 1);

    /// <summary>INFINITE_RANK: no way up.</summary>
    public const ushort Infinite = 0xffff;

    /// <summary>DEFAULT_STEP_OF_RANK of OF0.</summary>
    public const int Step = 3;

    /// <summary>rank_factor of links up to 100 Mbit/s. OF0 allows at most 4; RFC 8994 says 5, and 5 it is.</summary>
    public const int LowSpeedFactor = 5;

    /// <summary>rank_factor of faster links, and of links whose speed nobody knows.</summary>
    public const int HighSpeedFactor = 1;

    /// <summary>The rank_factor for a link of this many Mbit/s; 0 or less is unknown.</summary>
    public static int FactorFor(int linkMbps) => linkMbps is > 0 and <= 100 ? LowSpeedFactor : HighSpeedFactor;

    /// <summary>rank_increase = (rank_factor × step_of_rank + stretch_of_rank) × MinHopRankIncrease, with stretch 0.</summary>
    public static int Increase(int rankFactor, int minHopRankIncrease) => rankFactor * Step * minHopRankIncrease;

    /// <summary>The rank below a parent; saturates at <see cref="Infinite"/>.</summary>
    public static ushort Through(ushort parent, int rankFactor, int minHopRankIncrease) =>
        (ushort)Math.Min(Infinite, parent + (long)Increase(rankFactor, minHopRankIncrease));

    /// <summary>DAGRank: the integer part that decides who may be whose parent.</summary>
    public static int Dag(ushort rank, int minHopRankIncrease) => rank / minHopRankIncrease;
}
