using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Rpl;

namespace Acp.Core.Rpl;

/// <summary>One channel and the one neighbour at its other end: what was heard, and what is due to be sent.</summary>
internal sealed class RplNeighbor(ChannelId channel, Ipv6Address localLinkLocal, int rankFactor) : DeadlineItem
{
    public ChannelId Channel => channel;

    public Ipv6Address LocalLinkLocal => localLinkLocal;

    public int RankFactor => rankFactor;

    /// <summary>The neighbour's link-local address, once heard.</summary>
    public Ipv6Address? Address { get; set; }

    /// <summary>Its last DIO, unless that is stale or was proved wrong.</summary>
    public DioMessage? Dio { get; set; }

    /// <summary>The last DODAG Configuration of that DIO's DODAG; later DIOs may leave it out.</summary>
    public DodagConfigurationOption? Configuration { get; set; }

    /// <summary>It was asked, alone, for the configuration of that DODAG, which must be in its answer (RFC 6550 §8.3).</summary>
    public bool ConfigurationAsked { get; set; }

    public Instant DioAt { get; set; }

    public Instant? LastDioSent { get; set; }

    /// <summary>A change waits to be told.</summary>
    public bool DioPending { get; set; }

    /// <summary>Repetitions still to follow at the minimal interval (detaching).</summary>
    public int DioRepeats { get; set; }

    public Instant DioRefreshAt { get; set; }

    /// <summary>From the last DIO to that refresh.</summary>
    public TimeSpan DioInterval { get; set; }

    public Instant? LastUnicastDio { get; set; }

    public bool UnicastDioPending { get; set; }

    /// <summary>When to ask again on a silent channel; null when a DIO was heard.</summary>
    public Instant? DisAt { get; set; }

    public TimeSpan DisBackoff { get; set; }

    /// <summary>DAOSequence of the last DAO accepted from it, and when.</summary>
    public (byte Sequence, Instant At)? DaoHeard { get; set; }

    /// <summary>DAOSequence of the last DAO sent to it.</summary>
    public byte DaoSequence { get; set; } = SequenceCounter.Initial - 1;

    /// <summary>It is in our DODAG, and not below us; see <see cref="RplMachine"/>.</summary>
    public bool IsBeside { get; set; }

    public DaoSession? Session { get; set; }

    /// <summary>Until then it comes last in the choice of parents.</summary>
    public Instant? PenaltyUntil { get; set; }

    public int Penalties { get; set; }

    /// <summary>Something happened to it: what is due may be due at another time than before.</summary>
    public bool IsTouched { get; set; }

    /// <summary>When something is due that is not its session's.</summary>
    public Instant? NextDeadline(RplOptions options)
    {
        var next = Instant.Earlier(DioDueAt(options.DioMinInterval), UnicastDioDueAt(options.DioMinInterval));
        next = Instant.Earlier(next, DisAt);
        return Dio is null ? next : Instant.Earlier(next, DioAt + options.DioStale);
    }

    public Instant? DioDueAt(TimeSpan minInterval)
    {
        if (!DioPending && DioRepeats == 0)
            return DioRefreshAt;
        return LastDioSent is { } last ? last + minInterval : Instant.Zero;
    }

    public Instant? UnicastDioDueAt(TimeSpan minInterval) =>
        !UnicastDioPending ? null : LastUnicastDio is { } last ? last + minInterval : Instant.Zero;
}
