namespace Acp.Wire.Ikev2;

/// <summary>
/// Identification, initiator or responder (RFC 7296 §3.5).
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |   ID Type     |                 RESERVED                      |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ~                   Identification Data                         ~
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </summary>
public sealed record IdPayload : IkePayload
{
    private IdPayload(PayloadType type, ReadOnlyMemory<byte> body)
        : base(type) => Body = body;

    /// <summary>RestOfIDPayload of RFC 7296 §2.15: type, reserved octets and data.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    public IdType IdType => (IdType)Body.Span[0];

    public ReadOnlyMemory<byte> Data => Body[4..];

    /// <summary>ID_IPV6_ADDR (D-27).</summary>
    public static IdPayload FromAddress(bool initiator, Ipv6Address address) =>
        Create(initiator, IdType.Ipv6Address, address.ToBytes());

    public static IdPayload Create(bool initiator, IdType idType, ReadOnlySpan<byte> data)
    {
        var body = new byte[4 + data.Length];
        body[0] = (byte)idType;
        data.CopyTo(body.AsSpan(4));
        return new IdPayload(initiator ? PayloadType.IdInitiator : PayloadType.IdResponder, body);
    }

    internal static IkeRefusal Decode(PayloadType type, ReadOnlyMemory<byte> body, out IkePayload? payload)
    {
        payload = body.Length < 4 ? null : new IdPayload(type, body);
        return payload is null ? IkeRefusal.Identification : IkeRefusal.None;
    }

    internal override void WriteBody(IkeWriter writer) => writer.Octets(Body.Span);
}
