namespace Acp.Wire.Grasp;

/// <summary>
/// <c>[M_FLOOD, session-id, initiator, ttl, +[objective, (locator-option / [])], ?sign-option]</c> (RFC 8990 §2.8.11).
/// </summary>
/// <param name="Ttl">Of every entry; zero never expires (H-37, trap 31).</param>
/// <param name="Entries">Never empty. An entry may lack its value: SRV.est's example does (trap 7).</param>
public sealed record FloodMessage(uint SessionId, Initiator Initiator, TimeSpan Ttl, ValueList<FloodEntry> Entries) : GraspMessage
{
    public override byte MessageType => GraspConstants.M_FLOOD;

    /// <summary>The bytes of the O_COSE_SIGN option <c>[107, bytes]</c>, unverified (O-02).</summary>
    public ByteString? CoseSign { get; init; }

    /// <summary>Entries left out because they had no locator element, or one we cannot read (H-06).</summary>
    public int DroppedEntries { get; init; }

    /// <summary>Whether it is signed, and by which revision of the draft.</summary>
    public FloodSigning Signing => (CoseSign is not null, Entries.Any(e => e.Objective.Signature is not null)) switch
    {
        (true, false) => FloodSigning.Message,
        (false, true) => FloodSigning.Objectives,
        (true, true) => FloodSigning.MessageAndObjectives,
        _ => FloodSigning.None,
    };
}
