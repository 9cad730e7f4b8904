namespace Acp.Wire.Ikev2;

/// <summary>Vendor ID (RFC 7296 §3.12): opaque, never needed.</summary>
public sealed record VendorIdPayload(ReadOnlyMemory<byte> VendorId) : IkePayload(PayloadType.VendorId)
{
    internal override void WriteBody(IkeWriter writer) => writer.Octets(VendorId.Span);
}
