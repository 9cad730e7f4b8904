using Acp.Core.Time;
using Acp.Simulation.Reports;

namespace Acp.Simulation.Routing;

/// <summary>
/// Whether all pairs route, and since when. Looks again only when something changed, and first at the pair that failed last.
/// </summary>
internal sealed class Convergence(Simulation simulation)
{
    private long _version = -1;
    private bool _complete;

    /// <summary>Since when every pair routes; null while one does not.</summary>
    public Instant? Since { get; private set; }

    /// <summary>When every pair routed for the first time, to the instant.</summary>
    public Instant? First { get; private set; }

    /// <summary>All that had been sent until <see cref="First"/>, or at the look that found it.</summary>
    public TrafficReport SentAtFirst { get; private set; } = TrafficReport.None;

    /// <summary>A pair that did not route at the last look.</summary>
    public RoutingFailure? Failure { get; private set; }

    /// <summary>True when every pair routes now.</summary>
    public bool Look()
    {
        if (!simulation.IsPoweredOn)
            return false;
        if (_version == simulation.RoutingVersion)
            return _complete;
        _version = simulation.RoutingVersion;
        if (!_complete && Failure is { } known && StillFails(known))
            return false;
        _complete = simulation.Routing.IsComplete(out var failure);
        if (!_complete)
        {
            Failure = failure;
            Since = null;
            return false;
        }

        Failure = null;
        if (Since is null)
        {
            Since = simulation.RoutingChangedAt;
            if (First is null)
            {
                First = Since;
                SentAtFirst = new ReportBuilder(simulation).Sent();
            }
        }

        simulation.Player.NoteComplete(Since.Value);
        return true;
    }

    private bool StillFails(RoutingFailure known)
    {
        var (from, to) = (simulation.Nodes[known.From], simulation.Nodes[known.To]);
        var components = simulation.Components();
        return from != to && Simulation.IsMember(from) && Simulation.IsMember(to) && components[known.From] == components[known.To]
            && simulation.Hops(from, to) is null;
    }
}
