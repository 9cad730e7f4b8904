namespace Acp.Wire.Ikev2;

/// <summary>
/// Authentication (RFC 7296 §3.8): one octet Auth Method, three reserved, then Authentication Data. For method 14 the
/// data are a <see cref="SignatureAuthData"/>.
/// </summary>
public sealed record AuthPayload(AuthMethod Method, ReadOnlyMemory<byte> Data) : IkePayload(PayloadType.Authentication)
{
    internal static IkeRefusal Decode(ReadOnlyMemory<byte> body, out IkePayload? payload)
    {
        payload = body.Length < 4 ? null : new AuthPayload((AuthMethod)body.Span[0], body[4..]);
        return payload is null ? IkeRefusal.Authentication : IkeRefusal.None;
    }

    internal override void WriteBody(IkeWriter writer)
    {
        writer.Byte((byte)Method);
        writer.Byte(0);
        writer.UInt16(0);
        writer.Octets(Data.Span);
    }
}
