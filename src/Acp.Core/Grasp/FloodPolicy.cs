namespace Acp.Core.Grasp;

/// <summary>What the signature of a flood means for an objective in it (O-12).</summary>
public enum FloodPolicy
{
    /// <summary>Nothing: not made, not looked at.</summary>
    Off,

    /// <summary>
    /// It is made and looked at; what is wrong is reported, and taken all the same, but never in place of a copy whose
    /// signature verified.
    /// </summary>
    Accept,

    /// <summary>Only floods whose signature verifies are taken.</summary>
    Require,
}
