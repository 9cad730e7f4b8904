using Acp.Wire.Netlink;

namespace Acp.Core.Node;

/// <summary>What link selection knows of one interface of the host.</summary>
public sealed record HostInterface
{
    /// <summary>Interface index.</summary>
    public required int Index { get; init; }

    public required string Name { get; init; }

    /// <summary>The kernel's word for what it is: "veth", "bridge", "vlan", "wireguard" …; empty for hardware.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The interface index of the bridge, bond or VRF it is a port of; 0 when none.</summary>
    public int Master { get; init; }

    /// <summary>What it is a port of: "bridge", "bond", "vrf" …; empty when nothing.</summary>
    public string PortKind { get; init; } = "";

    /// <summary>Whether it carries Ethernet frames; tunnels of IP packets do not.</summary>
    public bool IsEthernet { get; init; } = true;

    public bool IsLoopback { get; init; }

    /// <summary>Administratively up.</summary>
    public bool IsUp { get; init; } = true;

    /// <summary>Up, with carrier.</summary>
    public bool IsRunning { get; init; } = true;

    /// <summary>Octets.</summary>
    public int Mtu { get; init; } = 1500;

    public MacAddress MacAddress { get; init; }
}
