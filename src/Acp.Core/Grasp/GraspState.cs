using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Cbor;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>What the machines inside one engine share.</summary>
internal sealed class GraspState
{
    public GraspState(GraspOptions options, RandomSource random)
    {
        Options = options;
        Random = random;
        Registry = new Registry(options, random);
        Sessions = new SessionTable(random, options.MaxRecentSessionIds);
        StreamLimits = GraspConstants.DefaultLimits with
        {
            MaxSize = options.MaxReceiveSize,
            MaxElements = Math.Max(GraspConstants.DefaultLimits.MaxElements, options.MaxReceiveSize / 16),
            MaxTextLength = options.MaxReceiveSize,
        };
        Connections = new ConnectionTable(this);
        DiscoveryCache = new DiscoveryCache(options, Counters);
        FloodCache = new FloodCache(options.MaxFloodCache, Counters);
    }

    public GraspOptions Options { get; }

    public RandomSource Random { get; }

    public Outbox<GraspAction> Actions { get; } = new();

    public Outbox<GraspFact> Facts { get; } = new();

    public GraspCounters Counters { get; } = new();

    public DeadlineHeap<Timed> Timers { get; } = new();

    public Registry Registry { get; }

    public SessionTable Sessions { get; }

    public ConnectionTable Connections { get; }

    public DiscoveryCache DiscoveryCache { get; }

    public FloodCache FloodCache { get; }

    public SortedDictionary<GraspInterfaceId, GraspInterface> Interfaces { get; } = [];

    /// <summary>Commands without an answer yet, each with what to do when it is cancelled.</summary>
    public Dictionary<CommandId, Action<Instant>> Pending { get; } = [];

    /// <summary>Answers to commands of the engine's own, to be looked at when the present event has been dealt with.</summary>
    public Queue<(CommandId Command, GraspResult Result)> OwnResults { get; } = new();

    /// <summary>Our globally unique (ACP) address.</summary>
    public Ipv6Address? Address { get; set; }

    /// <summary>The TCP port where unicast reaches us.</summary>
    public ushort Port { get; set; } = GraspConstants.GRASP_LISTEN_PORT;

    public bool Operational { get; set; }

    public bool IsDull => Options.Kind == GraspInstanceKind.Dull;

    /// <summary>There is somebody to talk to: DULL needs no ACP for that.</summary>
    public bool IsActive => Operational || IsDull;

    /// <summary>H-21: link-local only if there is no other.</summary>
    public Ipv6Address OwnAddress => Address ?? Interfaces.Values.FirstOrDefault()?.LinkLocal ?? Ipv6Address.Parse("::1");

    public Initiator Initiator => OwnAddress;

    /// <summary>A link-local address is ours only on the link where we have it.</summary>
    public bool IsOurselves(AsaLocator to) =>
        to.Locator is Ipv6Locator six && six.Port == Port
        && (to.Interface is { } at && six.Address.IsLinkLocal
            ? Interfaces.TryGetValue(at, out var link) && link.LinkLocal == six.Address
            : six.Address == OwnAddress);

    /// <summary>What a stream may carry at most.</summary>
    public CborLimits StreamLimits { get; }

    /// <summary>Negotiations and synchronizations under way.</summary>
    public int SessionCount { get; set; }

    /// <summary>Octets of messages that came when it was our ASA's turn.</summary>
    public int InboxOctets { get; set; }

    public bool SessionsAreFull => SessionCount >= Options.MaxSessions;

    /// <summary>Answers a command; null has no command, which makes some callers simpler.</summary>
    public void Complete(CommandId? command, GraspResult result)
    {
        if (command is not { } id)
            return;
        Pending.Remove(id);
        // What the engine asked for itself has a number below zero.
        if (id.Value < 0)
        {
            OwnResults.Enqueue((id, result));
            return;
        }
        Actions.Add(new GraspAction.Complete(id, result));
    }

    public void Complete(CommandId? command, GraspError error, string? reason = null) =>
        Complete(command, new GraspResult.Done(error, reason));

    /// <summary>I-21.</summary>
    public static TimeSpan Timeout(TimeSpan asked) => asked > TimeSpan.Zero ? asked : GraspConstants.GRASP_DEF_TIMEOUT;
}
