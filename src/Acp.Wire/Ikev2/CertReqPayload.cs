namespace Acp.Wire.Ikev2;

/// <summary>
/// Certificate Request (RFC 7296 §3.7): one octet Cert Encoding, then SHA-1 hashes (20 octets each) of the trusted
/// CAs' SubjectPublicKeyInfo.
/// </summary>
public sealed record CertReqPayload(CertificateEncoding Encoding, ReadOnlyMemory<byte> Authorities)
    : IkePayload(PayloadType.CertificateRequest)
{
    /// <summary>Octets of one hash.</summary>
    public const int HashSize = 20;

    internal static IkeRefusal Decode(ReadOnlyMemory<byte> body, out IkePayload? payload)
    {
        payload = null;
        if (body.Length < 1)
            return IkeRefusal.CertificateRequest;
        var encoding = (CertificateEncoding)body.Span[0];
        if (encoding == CertificateEncoding.X509Signature && (body.Length - 1) % HashSize != 0)
            return IkeRefusal.CertificateRequest;
        payload = new CertReqPayload(encoding, body[1..]);
        return IkeRefusal.None;
    }

    internal override void WriteBody(IkeWriter writer)
    {
        writer.Byte((byte)Encoding);
        writer.Octets(Authorities.Span);
    }
}
