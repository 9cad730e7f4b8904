using Acp.Core.Grasp;

namespace Acp.Asa.Embedded;

/// <summary>A link of a <see cref="SimulatedGrasp"/>, which a test may break.</summary>
public sealed class SimulatedLink
{
    private readonly SimulatedGrasp _network;
    private bool _isUp = true;

    internal SimulatedLink(SimulatedGrasp network, GraspInterfaceKind kind) => (_network, Kind) = (network, kind);

    /// <summary>
    /// Down, it carries nothing. Connections between nodes that no other links join stall: what is sent on them is lost.
    /// </summary>
    public bool IsUp
    {
        get => _isUp;
        set
        {
            _isUp = value;
            _network.ForgetRegions();
        }
    }

    /// <summary>A channel's sessions keep order and lose nothing, as connections do.</summary>
    internal GraspInterfaceKind Kind { get; }

    /// <summary>How many of the multicasts get lost, 0 to 1. Connections lose nothing.</summary>
    public double Loss { get; set; }

    /// <summary>Multicasts that arrived, counted once for every receiver.</summary>
    public long Carried { get; internal set; }

    internal Dictionary<SimulatedNode, GraspInterfaceId> Members { get; } = [];
}
