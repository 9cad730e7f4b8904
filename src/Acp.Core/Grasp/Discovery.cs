using Acp.Core.Time;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>
/// One discovery of our own: M_DISCOVERY on every interface, repeated with a new session id and doubling pauses while
/// nothing answers (RFC 8990 §2.5.4.3).
/// </summary>
internal sealed class Discovery(DiscoveryMachine machine, Objective objective, Instant deadline, int enough) : Timed
{
    private readonly List<AsaLocator> _found = [];

    public Objective Objective { get; } = objective;

    public Instant Deadline { get; } = deadline;

    /// <summary>Every one used for it: an answer to an earlier attempt is as good.</summary>
    public List<uint> SessionIds { get; } = [];

    /// <summary>Until the next attempt.</summary>
    public TimeSpan Interval { get; set; }

    /// <summary>Who gets the result.</summary>
    public required Action<Instant, Discovery> Finished { get; init; }

    /// <summary>Where a rapid negotiation goes on when a responder answers with one (RFC 8990 §2.5.5.1).</summary>
    public NegotiationSession? RapidNegotiation { get; init; }

    /// <summary>A value that came with a response is wanted (RFC 8990 §2.5.6.3).</summary>
    public bool RapidSynchronization { get; init; }

    /// <summary>That value.</summary>
    public Objective? RapidObjective { get; private set; }

    public IReadOnlyList<AsaLocator> Found => _found;

    public bool HasEnough => (enough > 0 && _found.Count >= enough) || RapidObjective is not null;

    /// <summary>Something was found, so there is no reason to ask again.</summary>
    public bool NeedsRepeat => _found.Count == 0;

    public void Add(AsaLocator locator)
    {
        var known = _found.FindIndex(l => l.Locator == locator.Locator && (!l.IsLinkLocal || l.Interface == locator.Interface));
        if (known < 0)
            _found.Add(locator);
        else if (_found[known].IsDiverted)
            _found[known] = locator;
    }

    public void AddRapid(Objective objective)
    {
        if (RapidSynchronization && objective.Name == Objective.Name && objective.Value is not null
            && objective.Flags.HasFlag(ObjectiveFlags.F_SYNCH))
            RapidObjective ??= objective;
    }

    public override void HandleDeadline(Instant now) => machine.HandleDeadline(now, this);
}
