using System.Globalization;

namespace Acp.Core.Node;

/// <summary>
/// Decides which host interfaces get an abutment link. Native ones do without being asked (RFC 8994 §6.4, B-02);
/// tunnels, VPNs and VLANs do not (B-04, B-34) unless the operator includes them. Pure: same input, same answer.
/// </summary>
public static class LinkSelection
{
    /// <summary>IPv6 needs links of at least 1280 octets (RFC 8200 §5); the kernel runs none below.</summary>
    private const int MinimumMtu = 1280;

    /// <summary>
    /// Native: hardware (no kind), switch ports (dsa), aggregates of hardware, and veth, which is what a container
    /// has for hardware.
    /// </summary>
    private static readonly HashSet<string> NativeKinds = ["", "veth", "bond", "team", "dsa", "hsr", "netdevsim"];

    /// <summary>One decision per interface, by interface index.</summary>
    public static SortedDictionary<int, LinkDecision> Decide(
        IReadOnlyCollection<HostInterface> interfaces, InterfacePatterns patterns)
    {
        var bridgesWithPorts = interfaces.Where(i => i.Master != 0 && !IsOurs(i.Name)).Select(i => i.Master).ToHashSet();
        var decisions = new SortedDictionary<int, LinkDecision>();
        foreach (var i in interfaces)
            decisions[i.Index] = Decide(i, patterns, bridgesWithPorts.Contains(i.Index));

        // Two parents with one MAC address (old multi-port cards, a VLAN and its parent) would get twin links, which
        // on one wire is a duplicate address. Their names tell them apart.
        foreach (var twins in interfaces
            .Where(i => decisions[i.Index] is LinkDecision.Macvlan)
            .GroupBy(i => i.MacAddress)
            .Where(group => group.Count() > 1))
        {
            foreach (var i in twins)
                decisions[i.Index] = new LinkDecision.Macvlan(NameSeed(i));
        }

        return decisions;
    }

    /// <summary>Names that only acpd gives: the host's window, abutment links, channels. They never get a link (B-05).</summary>
    public static bool IsOurs(string name) =>
        name == "acp0"
        || name.StartsWith("acp0_", StringComparison.Ordinal)
        || name.StartsWith("acp_", StringComparison.Ordinal)
        || name.StartsWith("abut_", StringComparison.Ordinal);

    private static LinkDecision Decide(HostInterface i, InterfacePatterns patterns, bool hasPorts)
    {
        if (IsOurs(i.Name))
            return Ignore("it is acpd's own");
        if (i.IsLoopback)
            return Ignore("the loopback has no neighbours");
        if (patterns.Decide(i.Name) == false)
            return Ignore($"excluded by --interface {patterns.DecidingPattern(i.Name)}");

        // A VRF's port keeps its own wire; a port of anything else (bridge, bond, team, Open vSwitch) is part of it,
        // and the kernel lets nobody else listen there.
        if (i.PortKind.Length != 0 && i.PortKind != "vrf")
            return Ignore($"a port of a {i.PortKind}, which speaks for it");
        if (!i.IsEthernet)
            return Ignore(i.Kind.Length == 0
                ? "it carries no Ethernet frames"
                : $"a {i.Kind} tunnel carries no Ethernet frames");
        if (i.Mtu < MinimumMtu)
            return Ignore($"its MTU of {i.Mtu.ToString(CultureInfo.InvariantCulture)} is below IPv6's 1280");
        if (i.Kind == "bridge")
        {
            // The bridge's MAC address follows its ports; its name is steadier.
            return hasPorts ? new LinkDecision.VethIntoBridge(NameSeed(i)) : Ignore("a bridge without ports has no neighbours");
        }

        if (NativeKinds.Contains(i.Kind) || patterns.Decide(i.Name) == true)
            return new LinkDecision.Macvlan(i.MacAddress.IsZero ? NameSeed(i) : i.MacAddress.ToString());
        return Ignore(i.Kind switch
        {
            "vlan" => "a VLAN: discovery is untagged (RFC 8994 §7.2); include it by name to use it all the same",
            "macvlan" or "macvtap" or "ipvlan" => $"a {i.Kind} is a second view of its parent's wire; include it by name to use it",
            "vrf" => "a VRF has no wire of its own",
            _ => $"a {i.Kind} is not native (RFC 8994 §6.4); include it by name to use it",
        });
    }

    private static LinkDecision.Ignored Ignore(string reason) => new(reason);

    private static string NameSeed(HostInterface i) => "name " + i.Name;
}
