namespace Acp.Wire.Grasp;

/// <summary>
/// Which revision of draft-carpenter-anima-grasp-ext-sign a flood follows (trap 35). The one that is current signs the
/// message; that of 2022 allowed each objective a signature of its own besides, as a fifth element (O-13).
/// </summary>
public enum FloodSigning
{
    /// <summary>No signature anywhere.</summary>
    None,

    /// <summary>O_COSE_SIGN, over the whole message.</summary>
    Message,

    /// <summary>Only objectives are signed, which nobody verifies any more.</summary>
    Objectives,

    /// <summary>Both, as the revision of 2022 allowed.</summary>
    MessageAndObjectives,
}
