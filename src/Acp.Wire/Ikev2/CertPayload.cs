namespace Acp.Wire.Ikev2;

/// <summary>Certificate (RFC 7296 §3.6): one octet Cert Encoding, then the certificate; encoding 4 is one X.509 certificate in DER.</summary>
public sealed record CertPayload(CertificateEncoding Encoding, ReadOnlyMemory<byte> Data) : IkePayload(PayloadType.Certificate)
{
    internal static IkeRefusal Decode(ReadOnlyMemory<byte> body, out IkePayload? payload)
    {
        payload = body.Length < 2 ? null : new CertPayload((CertificateEncoding)body.Span[0], body[1..]);
        return payload is null ? IkeRefusal.Certificate : IkeRefusal.None;
    }

    internal override void WriteBody(IkeWriter writer)
    {
        writer.Byte((byte)Encoding);
        writer.Octets(Data.Span);
    }
}
