namespace Acp.Wire.Grasp;

/// <summary>
/// An objective option: <c>[objective-name, objective-flags, loop-count, ?objective-value, ?objective-signature]</c>
/// (RFC 8990 §2.10.1; the fifth element is draft-carpenter-anima-grasp-ext-sign §5, O-13).
/// </summary>
/// <param name="Name">UTF-8, compared octet by octet; private names hold a colon (H-16).</param>
/// <param name="LoopCount">0 to 255. Relays of a flood decrement that of its first objective only (trap 5).</param>
/// <param name="Value">One encoded CBOR item; null when the element is absent, which is not the CBOR null <c>f6</c>.</param>
public sealed record Objective(string Name, ObjectiveFlags Flags, byte LoopCount, ByteString? Value)
{
    /// <summary>The octets of the per-objective signature, if it came with one. Not checked here.</summary>
    public ByteString? Signature { get; init; }
}
