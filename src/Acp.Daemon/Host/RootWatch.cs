using Acp.Core.Node;
using Acp.Core.Time;
using Acp.Linux.Links;
using Acp.Linux.Loop;

namespace Acp.Daemon.Host;

/// <summary>
/// While this node is the root of the ACP, and one that somebody looks at (a preference above the default): says now and then how many
/// packets came for addresses that nobody has (RFC 8994 §6.12.1.14, G-48). The loop's.
/// </summary>
internal sealed class RootWatch(Node node, UnknownDestinations unknown, NodeLog log)
{
    /// <summary>One line in this time at most, however many packets there are.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private Instant? _next;

    public Instant? NextDeadline => node.IsGroundedRoot ? _next ?? BootClock.Now : null;

    public void HandleTime(Instant now)
    {
        if (!node.IsGroundedRoot)
        {
            _next = null;
            return;
        }

        if (_next > now)
            return;
        var first = _next is null;
        _next = now + Interval;
        var (more, mostlyFrom) = unknown.Take();

        // What came before we were root had other reasons.
        if (more > 0 && !first)
            log.UnknownDestinations(more, mostlyFrom ?? "an interface that is gone", unknown.Total());
    }
}
