namespace Acp.Wire.Ikev2;

/// <summary>Encrypted and Authenticated, SK (RFC 7296 §3.14): IV ‖ ciphertext ‖ ICV, which only the SA's keys divide.</summary>
/// <param name="FirstInner">The type of the first payload inside: the next-payload field of this one.</param>
/// <param name="BodyOffset">Where the body starts in the message.</param>
public sealed record EncryptedPayload(PayloadType FirstInner, ReadOnlyMemory<byte> Body, int BodyOffset)
    : IkePayload(PayloadType.Encrypted)
{
    internal override void WriteBody(IkeWriter writer) => writer.Octets(Body.Span);
}
