namespace Acp.Wire.Grasp;

/// <summary>
/// <c>[M_RESPONSE, session-id, initiator, ttl, (+locator-option // divert-option), ?objective]</c> (RFC 8990 §2.8.5).
/// </summary>
/// <param name="Ttl">
/// Zero counts as ten times GRASP_DEF_TIMEOUT (H-32, trap 31). A negative one, which graspy's relays can send, reads as
/// one millisecond: over.
/// </param>
/// <param name="Locators">Of the responder, or of the place to go to when <see cref="IsDivert"/>. Never empty.</param>
public sealed record ResponseMessage(uint SessionId, Initiator Initiator, TimeSpan Ttl, ValueList<Locator> Locators) : GraspMessage
{
    public override byte MessageType => GraspConstants.M_RESPONSE;

    /// <summary>The locators came in an O_DIVERT (§2.9.2): somebody else's. Link-local ones were left out (H-14).</summary>
    public bool IsDivert { get; init; }

    /// <summary>Rapid mode, or a copy of the objective asked for.</summary>
    public Objective? Objective { get; init; }
}
