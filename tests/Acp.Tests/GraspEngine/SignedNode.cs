using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acp.Core.Grasp;
using Acp.Core.Identity;
using Acp.Core.Node;
using Acp.Core.Time;
using Acp.Tests.Identities;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Tests.GraspEngineRoom;

/// <summary>A member of the test domain with its certificate, which signs floods and verifies those of others.</summary>
internal sealed class SignedNode : IDisposable
{
    public SignedNode(Pki pki, int number, AsymmetricAlgorithm? key = null, DateTimeOffset? until = null, DateTimeOffset? from = null)
    {
        var used = key ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Address = Ipv6Address.Parse($"fd89:b714:f3db:0:200:0:6400:{2 * number:x}");
        Leaf = pki.Leaf(used, AcpNodeNameExtension.Create(AcpNodeName.Create(Address, "", Pki.Domain)), subject: $"CN=node {number}", until: until, from: from);
        ISigningKey signing = used is ECDsa ecdsa ? new EcdsaSigningKey(ecdsa) : new RsaSigningKey((RSA)used);
        Assert.True(NodeIdentity.TryCreate(Leaf, [], [pki.Root], signing, out var identity, out _, out var detail), detail);
        Identity = identity;
        Signer = new FloodSigner(identity);
        Verifier = new FloodVerifier(identity);
    }

    public Ipv6Address Address { get; }

    public X509Certificate2 Leaf { get; }

    public NodeIdentity Identity { get; }

    public FloodSigner Signer { get; }

    public FloodVerifier Verifier { get; }

    public IReadOnlyList<ReadOnlyMemory<byte>> Chain => [Leaf.RawDataMemory];

    /// <summary>What this node would flood, octet by octet.</summary>
    public byte[] Sign(Instant now, WallClock clock, FloodMessage flood)
    {
        Signer.SetWallClock(clock);
        Assert.True(FloodPayload.TryOfUnsigned(flood.Encode(), out var payload));
        return (flood with { CoseSign = Signer.Sign(now, payload, flood.Ttl) }).Encode();
    }

    /// <summary>Makes an engine in a test network this node's.</summary>
    public void MoveIn(TestNode node, WallClock clock)
    {
        node.Simulated.Move(Address);
        node.Engine.FloodSigner = Signer;
        node.Engine.FloodVerifier = Verifier;
        node.Engine.HandleWallClock(node.Network.Now, clock);
        node.Network.Perform(node);
    }

    public void Dispose() => Identity.Dispose();
}
