using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Wire;

namespace Acp.Lab.Refusals;

/// <summary>The kernel's own link-local address of an interface.</summary>
internal static class LinkLocal
{
    /// <summary>Waits for it: duplicate address detection takes a second or two.</summary>
    public static (int Interface, Ipv6Address Address) Of(NetworkNamespace ns, string interfaceName)
    {
        using var routes = new RouteSocket(ns);
        var index = routes.IndexOf(interfaceName);
        for (var tries = 0; tries < 100; tries++)
        {

            if (routes.Addresses().Find(a => a.Index == index && a.Address.IsLinkLocal && !a.IsTentative) is { } found)
                return (index, found.Address);
            Thread.Sleep(50);
        }

        throw new InvalidOperationException($"{interfaceName} has no link-local address");
    }
}
