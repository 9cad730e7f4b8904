namespace Acp.Wire.Ikev2;

/// <summary>Nonce (RFC 7296 §3.9): 16 to 256 octets, nothing else (D-10).</summary>
public sealed record NoncePayload(ReadOnlyMemory<byte> Nonce) : IkePayload(PayloadType.Nonce)
{
    public const int MinLength = 16;
    public const int MaxLength = 256;

    internal static IkeRefusal Decode(ReadOnlyMemory<byte> body, out IkePayload? payload)
    {
        payload = body.Length is < MinLength or > MaxLength ? null : new NoncePayload(body);
        return payload is null ? IkeRefusal.Nonce : IkeRefusal.None;
    }

    internal override void WriteBody(IkeWriter writer) => writer.Octets(Nonce.Span);
}
