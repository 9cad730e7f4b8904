namespace Acp.Simulation.Reports;

/// <summary>What a packet on a link belongs to.</summary>
public enum MessageKind
{
    /// <summary>UDP 7017, multicast.</summary>
    Dull,

    /// <summary>UDP 500.</summary>
    Ike,

    /// <summary>ICMPv6 in a channel.</summary>
    Rpl,

    /// <summary>TCP in a channel; acknowledgements are not counted.</summary>
    Grasp,
}
