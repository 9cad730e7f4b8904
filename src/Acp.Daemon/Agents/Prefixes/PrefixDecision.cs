using Acp.Wire;

namespace Acp.Daemon.Agents.Prefixes;

/// <summary>What a delegator answers.</summary>
internal abstract record PrefixDecision
{
    private PrefixDecision()
    {
    }

    /// <summary>Reserved now; offer it.</summary>
    public sealed record Offer(Ipv6Prefix Prefix) : PrefixDecision;

    /// <summary>The peer asked for exactly this one, and it is the peer's: accept.</summary>
    public sealed record Confirm(Ipv6Prefix Prefix) : PrefixDecision;

    /// <param name="Reason">For the peer.</param>
    /// <param name="IsShortage">Only space is missing: more of it would help.</param>
    public sealed record Decline(string Reason, bool IsShortage = false) : PrefixDecision;
}
