using Acp.Wire;

namespace Acp.Daemon.Agents.Prefixes;

/// <summary>Where prefixes become real.</summary>
internal interface IPrefixPlaces
{
    /// <summary>Makes everything so, and takes away what was made for anything else, also by a predecessor that was killed.</summary>
    /// <param name="held">All space of this node.</param>
    /// <param name="local">Interfaces with the /64 that each is to have.</param>
    /// <returns>What could not be done, in words.</returns>
    IReadOnlyList<string> Apply(IReadOnlyList<Ipv6Prefix> held, IReadOnlyList<(string Interface, Ipv6Prefix Prefix)> local);
}
