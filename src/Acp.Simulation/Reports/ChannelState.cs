namespace Acp.Simulation.Reports;

/// <summary>What a link has of a secure channel.</summary>
public enum ChannelState
{
    /// <summary>No channel at either end.</summary>
    None,

    /// <summary>Only one end has one, or what one end sends the other cannot open.</summary>
    HalfOpen,

    /// <summary>Packets pass in both directions.</summary>
    Up,
}
