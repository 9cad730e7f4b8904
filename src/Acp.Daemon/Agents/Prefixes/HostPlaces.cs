using Acp.Linux.Interop;
using Acp.Linux.Links;
using Acp.Linux.Netlink;
using Acp.Wire;

namespace Acp.Daemon.Agents.Prefixes;

/// <summary>The interfaces of the host.</summary>
internal sealed class HostPlaces(DelegatedPrefixes prefixes) : IPrefixPlaces
{
    private readonly Lock _gate = new();

    public IReadOnlyList<string> Apply(IReadOnlyList<Ipv6Prefix> held, IReadOnlyList<(string Interface, Ipv6Prefix Prefix)> local)
    {
        try
        {
            lock (_gate)
                return [.. prefixes.Apply(held, local).Select(name => $"there is no interface {name}")];
        }
        catch (Exception e) when (e is NetlinkException or SystemCallException)
        {
            return [e.Message];
        }
    }
}
