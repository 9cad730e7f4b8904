using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Asa;

/// <summary>The options of register_objective (RFC 8991 §2.3.3).</summary>
public sealed record ObjectiveRegistration
{
    public static readonly ObjectiveRegistration Default = new();

    /// <summary>How long others may keep our answers to their discoveries.</summary>
    public TimeSpan Ttl { get; init; } = GraspConstants.GRASP_DEF_TIMEOUT;

    /// <summary>Answer discovery at once, and not only while somebody listens.</summary>
    public bool Discoverable { get; init; }

    /// <summary>Other ASAs of this node may register the same objective, if they say so, too.</summary>
    public bool Overlap { get; init; }

    /// <summary>Answer discovery with a link-local address.</summary>
    public bool Local { get; init; }

    /// <summary>Serve in rapid mode, if the engine is set to allow it.</summary>
    public bool Rapid { get; init; }

    /// <summary>To be given to others instead of the engine's own address and port.</summary>
    public ValueList<Locator> Locators { get; init; } = [];

    /// <summary>Octets of a message about this objective; 0 for GRASP_DEF_MAX_SIZE.</summary>
    public int MaxMessageSize { get; init; }
}
