namespace Acp.Core.Rpl;

/// <summary>
/// How one node does RPL. The defaults are the ACP's profile (RFC 8994 §6.12.1) and need no touching; tests and
/// simulations shorten times here. To add another: a property with its unit, its default and its reason.
/// </summary>
public sealed record RplOptions
{
    /// <summary>DODAGPreference of a node that an operator made a root (RFC 8994 §6.12.1.12).</summary>
    public const byte ConfiguredRoot = 4;

    /// <summary>DODAGPreference when this node acts as root, 0 to 7: 4 configured root, 3 registrar, 2 ACP connect, else 1 (RFC 8994 §6.12.1.12).</summary>
    public byte Preference { get; init; } = 1;

    /// <summary>
    /// Also advertise the node's own ACP address as a /128. Off: RFC 8994 §6.12.1.11 announces only the prefix that
    /// covers it.
    /// </summary>
    public bool AnnounceOwnAddress { get; init; }

    /// <summary>At most one multicast DIO per channel in this time; later changes are coalesced.</summary>
    public TimeSpan DioMinInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Quiet multicast DIO refresh.</summary>
    public TimeSpan DioRefresh { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// A triggered DIO is repeated after this long, and then at four times the interval each time until that is
    /// <see cref="DioRefresh"/>: nobody acknowledges a DIO, and a full refresh is far away.
    /// </summary>
    public TimeSpan DioEcho { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A neighbour whose last DIO is older than this is no parent (3.5 refreshes).</summary>
    public TimeSpan DioStale { get; init; } = TimeSpan.FromSeconds(210);

    /// <summary>How often a DIO is sent in all when the last parent is lost (RFC 8994 §6.12.1.1.2: two or three times).</summary>
    public int DetachDioCount { get; init; } = 3;

    /// <summary>First wait before the DIS is repeated on a channel that stays silent; doubles up to <see cref="DioRefresh"/>.</summary>
    public TimeSpan DisRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// DelayDAO: changes are gathered this long before a DAO goes up, not restarted by later ones. RFC 6550 has one
    /// second (SHOULD); that would cost a second for every hop of a chain.
    /// </summary>
    public TimeSpan DelayDao { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// How long the No-Path to a former DAO parent waits that is still there, and <see cref="DelayDao"/> more for every hop up to the root:
    /// until the new way is known further up, packets come the old one.
    /// </summary>
    public TimeSpan NoPathDelay { get; init; } = TimeSpan.FromMilliseconds(700);

    /// <summary>
    /// A node that gets another parent in another DODAG sends on what it does not know to its former parent until that has told it what
    /// there is, for so long at most, and <see cref="HandoverPerHop"/> more for every hop that it was away from the root. Until then it
    /// does not tell the new parent anything, as it does not know all yet.
    /// </summary>
    public TimeSpan Handover { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>There and back, for DIO and DAO.</summary>
    public TimeSpan HandoverPerHop { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>As <see cref="Handover"/>, where only the parent changes: the DODAG stays, and the new parent hears us at once.</summary>
    public TimeSpan HandoverInside { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>When the former parent is in the same DODAG, and not below us: how long it still gets what we do not know, so that others learn the new ways.</summary>
    public TimeSpan HandoverBeside { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Of all that is kept while a new way is made: nothing longer than this.</summary>
    public TimeSpan LongestHandover { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>DAO-ACK_TIME_OUT (RFC 8994 §6.12.1.4).</summary>
    public TimeSpan DaoAckTimeout { get; init; } = TimeSpan.FromMilliseconds(256);

    /// <summary>DAO-RETRIES: transmissions after the first (RFC 8994 §6.12.1.4).</summary>
    public int DaoRetries { get; init; } = 3;

    /// <summary>How long a parent that did not acknowledge, or refused, comes last in the choice; doubles with each failure, eightfold at most.</summary>
    public TimeSpan ParentPenalty { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>DAO parents at most, the preferred one included (RFC 8994 §6.12.1.1.2: three if possible); 1 to 4.</summary>
    public int MaxDaoParents { get; init; } = 3;

    /// <summary>Bound on paths learned by DAO. What does not fit is refused with status 128.</summary>
    public int MaxPaths { get; init; } = 65536;

    /// <summary>Octets of one RPL message at most: fits 1280 with the IPv6 header and room to spare.</summary>
    public int MaxMessageSize { get; init; } = 1200;

    /// <summary>
    /// After leaving a DODAG version, wait this long before accepting it from a node that may have been below: its
    /// advertisement may be an echo of our own. Doubles for each departure in quick succession, eightfold at most.
    /// </summary>
    public TimeSpan DetachHold { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A rank that has been advertised this long counts as known to everybody below.</summary>
    public TimeSpan RankSettle { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How far one may follow a parent whose rank grows beyond the lowest rank advertised, before detaching: our own
    /// bound on counting to infinity, since DAGMaxRankIncrease is advertised as 0 (no limit). In DAGRanks; two slow hops.
    /// </summary>
    public int MaxDeepening { get; init; } = 2 * Rank.LowSpeedFactor * Rank.Step;

    /// <summary>
    /// MinHopRankIncrease advertised as root, 1 to <see cref="Rank.LargestMinHopRankIncrease"/>: what a rank grows by for one step, so that
    /// it bounds the depth of the DODAG. With 2 that is 10,922 fast hops or 2,184 slow ones; with the default of RFC 6550, 256, it would be
    /// 84 or 16. docs/rpl.md has the reasons for just this number.
    /// </summary>
    public ushort MinHopRankIncrease { get; init; } = 2;

    /// <summary>DefaultLifetime of DAO paths advertised as root, in <see cref="LifetimeUnit"/>s.</summary>
    public byte DefaultLifetime { get; init; } = 30;

    /// <summary>Lifetime Unit advertised as root, in seconds.</summary>
    public ushort LifetimeUnit { get; init; } = 60;
}
