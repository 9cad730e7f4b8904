using Acp.Wire;

namespace Acp.Daemon.Agents.Prefixes;

/// <summary>What a prefix manager is to do.</summary>
internal sealed record PrefixManagerOptions
{
    /// <summary>Space to hand out, given by whoever runs the network.</summary>
    public IReadOnlyList<Ipv6Prefix> Pool { get; init; } = [];

    /// <summary>Give parts of what there is to others who ask.</summary>
    public bool HandsOn { get; init; } = true;

    /// <summary>Ask others for space, at the start and when it runs out.</summary>
    public bool Asks { get; init; }

    /// <summary>Only this delegator; null asks whoever is found.</summary>
    public Ipv6Address? From { get; init; }

    /// <summary>What to ask for; null goes by <see cref="Role"/>.</summary>
    public int? Length { get; init; }

    /// <summary>The role to look up in PrefixManager.Params.</summary>
    public string? Role { get; init; }

    /// <summary>Where neither says anything.</summary>
    public int DefaultLength { get; init; } = 56;

    /// <summary>To be flooded; null leaves that to others.</summary>
    public PrefixParameters? Parameters { get; init; }

    /// <summary>Each gets a /64 of its own.</summary>
    public IReadOnlyList<string> Interfaces { get; init; } = [];

    public TimeSpan DiscoveryTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Of one step of a negotiation.</summary>
    public TimeSpan StepTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After a failed attempt to get space; doubled each time, up to the next.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often delegators are told what we have of them. Well below <see cref="PrefixLimits.UnclearTime"/>.</summary>
    public TimeSpan ConfirmInterval { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How often the parameters are flooded. A copy is good for three and a half times as long.</summary>
    public TimeSpan FloodInterval { get; init; } = TimeSpan.FromMinutes(1);
}
