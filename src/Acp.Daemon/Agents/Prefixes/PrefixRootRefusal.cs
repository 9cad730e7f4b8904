namespace Acp.Daemon.Agents.Prefixes;

/// <summary>Why space is not taken into the pool.</summary>
internal enum PrefixRootRefusal
{
    None = 0,

    /// <summary>fc00::/7, where the ACP lives: what is delegated belongs to the data plane (N-11).</summary>
    UniqueLocal,

    /// <summary>Link-local, multicast, unspecified, loopback.</summary>
    NotUnicast,

    /// <summary>Some of it is in the pool already.</summary>
    Overlaps,

    /// <summary>More than <see cref="PrefixLimits.MaxRoots"/>.</summary>
    TooMany,
}
