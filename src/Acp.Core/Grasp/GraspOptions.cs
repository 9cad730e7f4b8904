using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>
/// Settings of an engine; the defaults are the RFC's, or ours where it leaves them open. The limits keep whoever talks to
/// us from filling our memory: each cache holds so much and no more.
/// </summary>
public sealed record GraspOptions
{
    public GraspInstanceKind Kind { get; init; } = GraspInstanceKind.Acp;

    /// <summary>What gets on with graspy at the other end, which only a standalone engine meets.</summary>
    public static GraspOptions ForStandalone { get; } = new()
    {
        Kind = GraspInstanceKind.Standalone,
        PauseAfterWait = TimeSpan.FromMilliseconds(300),
        RetriesWhenClosed = 3,
        KeepStreams = TimeSpan.FromSeconds(5),
    };

    /// <summary>RFC 8990 §2.5.4.3: of a discovery, per unit of loop count.</summary>
    public TimeSpan DiscoveryTimePerHop { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause between repeats of a discovery, which double.</summary>
    public TimeSpan MaxDiscoveryInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Rapid mode in negotiation (RFC 8990 §2.5.5.1), for objectives registered so; off by default (H-46).</summary>
    public bool RapidNegotiation { get; init; }

    /// <summary>Rapid mode in synchronization (RFC 8990 §2.5.6.3), for objectives registered so; off by default (H-46).</summary>
    public bool RapidSynchronization { get; init; }

    /// <summary>False refuses overlap in registrations with 10.</summary>
    public bool SupportsOverlap { get; init; } = true;

    /// <summary>
    /// False refuses registrations of EX0 to EX9 with 1003: RFC 8990 §2.10.5 keeps them from networks that nobody manages. A
    /// program with an engine of its own knows what it does; acpd allows them only when told to (H-17).
    /// </summary>
    public bool ExperimentalObjectives { get; init; } = true;

    /// <summary>
    /// Nothing follows an M_WAIT on its stream sooner than this. graspy loses the second of two messages that arrive
    /// together (quirk 3): 300 ms keeps it happy, and nobody else needs it.
    /// </summary>
    public TimeSpan PauseAfterWait { get; init; }

    /// <summary>
    /// Times that a request for negotiation is made again when the peer closes it without a word. graspy does so while its
    /// ASA is busy (quirk 7); for us, and RFC 8990 §2.8.6, a closed request means that nobody listens.
    /// </summary>
    public int RetriesWhenClosed { get; init; }

    /// <summary>Before the first of them; twice as long before each one after.</summary>
    public TimeSpan FirstRetryPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Octets of a unicast message that are looked at, whatever its objective allows. What an objective allows, by default
    /// GRASP_DEF_MAX_SIZE, is checked besides (H-23).
    /// </summary>
    public int MaxReceiveSize { get; init; } = 256 * 1024;

    public int MaxAsas { get; init; } = 256;

    public int MaxObjectivesPerAsa { get; init; } = 64;

    /// <summary>Negotiations and synchronizations under way, either way.</summary>
    public int MaxSessions { get; init; } = 4096;

    /// <summary>Streams from others on which no session has begun.</summary>
    public int MaxSilentStreams { get; init; } = 1024;

    /// <summary>Of those, from one address.</summary>
    public int MaxSilentStreamsPerPeer { get; init; } = 256;

    /// <summary>How long a stream may say nothing before its first message is whole.</summary>
    public TimeSpan SilentStreamTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a stream whose session is over is kept for the next session with the same peer, if that one keeps it as
    /// well; zero closes each at once, as RFC 8990 has it (H-52). See <see cref="KeptStreams"/>.
    /// </summary>
    public TimeSpan KeepStreams { get; init; }

    /// <summary>A stream that is older is not kept again: what was checked when it was opened is checked anew on the next.</summary>
    public TimeSpan MaxStreamAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Of these, that we opened, and as many that others opened.</summary>
    public int MaxKeptStreams { get; init; } = 512;

    /// <summary>Requests that wait for a listener's next call.</summary>
    public int MaxListenBacklog { get; init; } = 256;

    /// <summary>
    /// Octets of messages, of all sessions together, that came when it was our ASA's turn and wait for it (16 of one session
    /// at most).
    /// </summary>
    public int MaxInboxOctets { get; init; } = 4 << 20;

    /// <summary>How long an ASA may take for its next step before its session is given up.</summary>
    public TimeSpan MaxAsaTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Discoveries of our own under way.</summary>
    public int MaxDiscoveries { get; init; } = 1024;

    /// <summary>Objectives in the discovery cache.</summary>
    public int MaxDiscoveryCache { get; init; } = 1024;

    /// <summary>Responders remembered, for all objectives together.</summary>
    public int MaxDiscoveryCacheLocators { get; init; } = 4096;

    /// <summary>Responders remembered for one objective.</summary>
    public int MaxLocatorsPerObjective { get; init; } = 32;

    /// <summary>Discoveries that we relayed and whose responses we pass back.</summary>
    public int MaxRelayedDiscoveries { get; init; } = 1024;

    /// <summary>Responses passed back for one of them.</summary>
    public int MaxResponsesPerRelay { get; init; } = 16;

    /// <summary>Copies of objectives in the flood cache.</summary>
    public int MaxFloodCache { get; init; } = 4096;

    /// <summary>(session id, initiator) pairs of floods, and as many of discoveries, remembered to end loops.</summary>
    public int MaxSeen { get; init; } = 32768;

    /// <summary>What signatures of floods mean, by objective. Off for all others than those that lead to the registrar.</summary>
    public FloodPolicies FloodPolicies { get; init; } = FloodPolicies.Recommended;

    /// <summary>Signatures checked; twice as many at once.</summary>
    public double FloodVerificationsPerSecond { get; init; } = 500;

    /// <summary>Session ids remembered as recently used (H-19).</summary>
    public int MaxRecentSessionIds { get; init; } = 4096;

    /// <summary>H-35: twice GRASP_DEF_TIMEOUT.</summary>
    public TimeSpan SeenFloodLifetime { get; init; } = 2 * GraspConstants.GRASP_DEF_TIMEOUT;

    /// <summary>How long a discovery's pair is remembered; it is relayed for a much shorter time.</summary>
    public TimeSpan SeenDiscoveryLifetime { get; init; } = GraspConstants.GRASP_DEF_TIMEOUT;

    /// <summary>Discoveries relayed, all interfaces together (H-30). One arrival interface gets half of it.</summary>
    public double RelayedDiscoveriesPerSecond { get; init; } = 200;

    /// <summary>Floods relayed, all interfaces together (H-30). One arrival interface gets half of it.</summary>
    public double RelayedFloodsPerSecond { get; init; } = 1000;

    /// <summary>Both limiters let through so many seconds' worth at once.</summary>
    public double RelayBurstSeconds { get; init; } = 2;
}
