namespace Acp.Wire.Ikev2;

/// <summary>A payload whose inside we do not read: CP and EAP, which the ACP has no use for (D-38), and unknown ones.</summary>
/// <param name="Critical">The C bit as received (RFC 7296 §2.5).</param>
public sealed record OpaquePayload(PayloadType PayloadType, bool Critical, ReadOnlyMemory<byte> Body)
    : IkePayload(PayloadType)
{
    /// <summary>Unknown and critical: the whole message must be rejected (D-06). The C bit of types we know means nothing.</summary>
    public bool MustBeRejected => Critical && Type is not (PayloadType.Configuration or PayloadType.Eap);

    internal override void WriteBody(IkeWriter writer) => writer.Octets(Body.Span);
}
