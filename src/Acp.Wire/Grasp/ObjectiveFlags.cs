namespace Acp.Wire.Grasp;

/// <summary>RFC 8990 §2.10.2. The RFC names bit positions; these are the bits (trap 6).</summary>
[Flags]
public enum ObjectiveFlags : byte
{
    None = 0,
    F_DISC = 1,
    F_NEG = 2,
    F_SYNCH = 4,
    F_NEG_DRY = 8,
}
