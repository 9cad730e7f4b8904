using Acp.Wire.Grasp;
using WireObjective = Acp.Wire.Grasp.Objective;

namespace Acp.Asa;

/// <summary>
/// An objective (RFC 8991 §2.3.2.3): what ASAs negotiate, synchronise or flood. Made by <see cref="Negotiable"/> and
/// <see cref="Synchronizable"/>; the next offer is <c>objective with { Value = … }</c>.
/// </summary>
/// <param name="Name">UTF-8, compared octet by octet; a private one holds a colon, as in "411:mine" (RFC 8990 §2.10.1).</param>
/// <param name="Flags">F_NEG or F_SYNCH, not both; F_NEG_DRY with F_NEG for a dry run.</param>
public sealed record Objective(string Name, ObjectiveFlags Flags)
{
    /// <summary>How many negotiation steps, or hops of discovery and floods, are left.</summary>
    public byte LoopCount { get; init; } = GraspConstants.GRASP_DEF_LOOPCT;

    public CborValue Value { get; init; }

    /// <summary>The peers agree on nothing, and only find out what they would agree on.</summary>
    public bool IsDryRun => Flags.HasFlag(ObjectiveFlags.F_NEG_DRY);

    public static Objective Negotiable(string name, CborValue value = default) =>
        new(name, ObjectiveFlags.F_DISC | ObjectiveFlags.F_NEG) { Value = value };

    /// <summary>To register, one that may be negotiated either way; to request, a dry run.</summary>
    public static Objective DryRun(string name, CborValue value = default) =>
        new(name, ObjectiveFlags.F_DISC | ObjectiveFlags.F_NEG | ObjectiveFlags.F_NEG_DRY) { Value = value };

    /// <summary>Also for floods.</summary>
    public static Objective Synchronizable(string name, CborValue value = default) =>
        new(name, ObjectiveFlags.F_DISC | ObjectiveFlags.F_SYNCH) { Value = value };

    /// <summary>As it stands in messages.</summary>
    public WireObjective ToWire() => new(Name, Flags, LoopCount, Value.Encoded);

    public static Objective FromWire(WireObjective objective) =>
        new(objective.Name, objective.Flags) { LoopCount = objective.LoopCount, Value = CborValue.FromWire(objective.Value) };
}
