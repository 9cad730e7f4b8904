using System.Text;
using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Core.Identity;
using Acp.Wire;

namespace Acp.Sim;

/// <summary>
/// Signs and checks without certificates: a "certificate" is the node's address and name, a "signature" a fixed word.
/// Whether certificates are checked rightly is tested elsewhere; here thousands of handshakes must be cheap.
/// </summary>
internal sealed class ToyAuthority
{
    private static readonly byte[] Signature = "signed"u8.ToArray();

    public static ReadOnlyMemory<byte> CertificateOf(VirtualNode node) =>
        (byte[])[.. node.AcpAddress.ToBytes(), .. Encoding.UTF8.GetBytes(node.Name)];

    public static AuthSignature Sign(Ikev2Action.SignAuth _) => new([0x30, 0x00], Signature);

    public static PeerVerdict Verify(Ikev2Action.VerifyPeer question)
    {
        if (question.Certificates.Count == 0 || question.Certificates[0].Length < Ipv6Address.Size || !question.Signature.Span.SequenceEqual(Signature))
            return PeerVerdict.Refuse("toy", "not one of ours");
        var certificate = question.Certificates[0];
        var address = Ipv6Address.Read(certificate.Span);
        return PeerVerdict.Accept(new PeerIdentity(
            address, Encoding.UTF8.GetString(certificate.Span[Ipv6Address.Size..]), "toy", DateTimeOffset.MaxValue, certificate));
    }
}
