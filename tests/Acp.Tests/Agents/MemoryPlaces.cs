using Acp.Daemon.Agents.Prefixes;
using Acp.Wire;

namespace Acp.Tests.Agents;

/// <summary>Interfaces that are none.</summary>
internal sealed class MemoryPlaces : IPrefixPlaces
{
    public IReadOnlyList<Ipv6Prefix> Held { get; private set; } = [];

    public IReadOnlyList<(string Interface, Ipv6Prefix Prefix)> Local { get; private set; } = [];

    public IReadOnlyList<string> Apply(IReadOnlyList<Ipv6Prefix> held, IReadOnlyList<(string Interface, Ipv6Prefix Prefix)> local)
    {
        Held = held;
        Local = local;
        return [];
    }
}
