namespace Acp.Core.Node;

/// <summary>What a node keeps of a neighbour configured by an address of the host's network.</summary>
internal sealed class RemoteNeighbor(ConfiguredNeighbor configured)
{
    public ConfiguredNeighbor Configured { get; } = configured;

    /// <summary>Of the way there, as the system last said.</summary>
    public int Mtu { get; set; } = NodeLink.HostNetwork.Mtu;

    /// <summary>The initiation that waits for the system to say from which address.</summary>
    public ushort? InitiateTo { get; set; }
}
