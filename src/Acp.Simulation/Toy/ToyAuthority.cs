using System.Buffers.Binary;
using System.Text;
using Acp.Core;
using Acp.Core.Identity;
using Acp.Core.Ikev2;
using Acp.Simulation.Security;
using Acp.Wire;

namespace Acp.Simulation.Toy;

/// <summary>
/// Signs and judges without X.509: a "certificate" is address, end, domain and name, as long as a real one; a "signature" a hash
/// over it and the octets, so that whatever was changed on the way is noticed. Whether certificates are checked rightly is
/// tested elsewhere; here thousands of handshakes must be cheap.
/// </summary>
public sealed class ToyAuthority : ISimulatedAuthority
{
    /// <summary>A leaf of an ECDSA P-256 domain has about as many.</summary>
    private const int CertificateLength = 600;

    private const int NamesAt = Ipv6Address.Size + sizeof(long);
    private const int SignatureLength = 71;

    private static readonly byte[] Algorithm = Convert.FromHexString("300a06082a8648ce3d040302");
    private static readonly ReadOnlyMemory<byte>[] Anchors = [new byte[20]];

    public SimulatedCredentials Issue(string name, Ipv6Address acpAddress, string domain, DateTimeOffset notAfter)
    {
        var leaf = new byte[CertificateLength];
        acpAddress.Write(leaf);
        BinaryPrimitives.WriteInt64BigEndian(leaf.AsSpan(Ipv6Address.Size), notAfter.UtcTicks);
        Encoding.UTF8.GetBytes($"{name}@{domain}", leaf.AsSpan(NamesAt));
        return new SimulatedCredentials(name, acpAddress, domain, notAfter, [leaf], Anchors);
    }

    public AuthSignature Sign(SimulatedCredentials own, Ikev2Action.SignAuth question) =>
        new(Algorithm, Signature(own.Chain[0].Span, question.Octets.Span));

    public PeerVerdict Judge(SimulatedCredentials own, Ikev2Action.VerifyPeer question, DateTimeOffset? date)
    {
        if (question.Certificates.Count == 0 || question.Certificates[0].Length != CertificateLength)
            return PeerVerdict.Refuse("toy", "that is no certificate");
        var leaf = question.Certificates[0];
        if (!question.Signature.Span.SequenceEqual(Signature(leaf.Span, question.SignedOctets.Span)))
            return PeerVerdict.Refuse("toy", "the signature does not fit");
        if (!question.IdData.Span.SequenceEqual(leaf.Span[..Ipv6Address.Size]))
            return PeerVerdict.Refuse("toy", "the ID is not the certificate's address");
        var names = Encoding.UTF8.GetString(leaf.Span[NamesAt..]).TrimEnd('\0').Split('@');
        if (names is not [var name, var domain] || domain != own.Domain)
            return PeerVerdict.Refuse("toy", "of another domain");
        var notAfter = new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(leaf.Span[Ipv6Address.Size..]), TimeSpan.Zero);
        return date > notAfter
            ? PeerVerdict.Refuse("toy", "expired")
            : PeerVerdict.Accept(new PeerIdentity(Ipv6Address.Read(leaf.Span), name, name, notAfter, leaf));
    }

    private static byte[] Signature(ReadOnlySpan<byte> certificate, ReadOnlySpan<byte> octets)
    {
        var signature = new byte[SignatureLength];
        ToyHash.Fill(ToyHash.Of(ToyHash.Of(7, certificate), octets), signature);
        return signature;
    }
}
