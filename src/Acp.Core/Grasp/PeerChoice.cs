using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>
/// The default choice between responders (H-33): an address that the peer itself gave, then one that others gave, IPv6
/// before IPv4; among equals the one that lives longest. Names are never chosen for an ASA (H-50), nor UDP (H-51).
/// </summary>
internal static class PeerChoice
{
    public static IEnumerable<AsaLocator> InOrder(IEnumerable<AsaLocator> locators) => locators
        .Where(l => l.IsReliable && l.Locator is Ipv6Locator or Ipv4Locator)
        .OrderBy(l => l.IsIpv4)
        .ThenBy(l => l.IsDiverted)
        .ThenByDescending(l => l.Expires?.Nanoseconds ?? long.MaxValue);
}
