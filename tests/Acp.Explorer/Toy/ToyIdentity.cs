using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Simulation.Toy;
using Acp.Wire;
using Acp.Wire.Ikev2;

namespace Acp.Explorer.Toy;

/// <summary>
/// Signs and judges without X.509: a "certificate" is an ACP address and padding, a signature a hash over the address and the
/// octets. It does bind the octets, so that a wrong nonce, ID or first message is noticed.
/// </summary>
internal sealed class ToyIdentity
{
    private static readonly byte[] Algorithm = Convert.FromHexString("300a06082a8648ce3d040302");
    private readonly string _name;
    private readonly int _intermediateOctets;
    private readonly byte _serial;

    public ToyIdentity(Ipv6Address address, int intermediateOctets)
        : this(address, intermediateOctets, 0)
    {
    }

    private ToyIdentity(Ipv6Address address, int intermediateOctets, byte serial)
    {
        Address = address;
        _name = address.ToString();
        _intermediateOctets = intermediateOctets;
        _serial = serial;
        var leaf = new byte[64];
        address.Write(leaf);
        leaf[^1] = serial;
        List<ReadOnlyMemory<byte>> certificates = [leaf];
        if (intermediateOctets > 0)
            certificates.Add(new byte[intermediateOctets]);
        Identity = new Ikev2Identity(address, certificates, [new byte[20]]);
    }

    public Ipv6Address Address { get; }

    public Ikev2Identity Identity { get; }

    /// <summary>Accept nobody.</summary>
    public bool RefuseAll { get; init; }

    public ReadOnlyMemory<byte> AlgorithmIdentifier => Algorithm;

    /// <summary>The same node with its next certificate.</summary>
    public ToyIdentity Renewed() => new(Address, _intermediateOctets, (byte)(_serial + 1)) { RefuseAll = RefuseAll };

    public byte[] Sign(ReadOnlySpan<byte> octets) => Signature(Address, octets);

    public PeerVerdict Judge(Ikev2Action.VerifyPeer question)
    {
        if (RefuseAll)
            return PeerVerdict.Refuse("policy", "we do not like anybody");
        if (question.Certificates.Count == 0 || question.Certificates[0].Length != 64)
            return PeerVerdict.Refuse("chain", "not one of ours");
        var leaf = question.Certificates[0];
        if (question.IdType != IdType.Ipv6Address || !question.IdData.Span.SequenceEqual(leaf.Span[..Ipv6Address.Size]))
            return PeerVerdict.Refuse("id", "ID is not the certificate's address");
        var address = Ipv6Address.Read(leaf.Span);
        if (!question.Signature.Span.SequenceEqual(Signature(address, question.SignedOctets.Span)))
            return PeerVerdict.Refuse("signature", "bad signature");
        return PeerVerdict.Accept(new PeerIdentity(address, _name, "toy", DateTimeOffset.MaxValue, leaf));
    }

    private static byte[] Signature(Ipv6Address address, ReadOnlySpan<byte> octets)
    {
        var signature = new byte[64];
        ToyHash.Fill(ToyHash.Of(address.Low, octets), signature);
        return signature;
    }
}
