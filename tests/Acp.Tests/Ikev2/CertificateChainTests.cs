using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acp.Core.Identity;
using Acp.Core.Ikev2;
using Acp.Tests.Identities;
using Acp.Wire;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>The two machines with real X.509 chains: every key kind, signing and judging included.</summary>
public class CertificateChainTests
{
    private const string PssSha256 = "304106092A864886F70D01010A3034A00F300D06096086480165030402010500A11C301A06092A864886F70D010108300D06096086480165030402010500A203020120";

    /// <summary>Leaf key, intermediate's key (none for no intermediate), root's key, and what the leaf signs with.</summary>
    public static TheoryData<string, string, string, string> Chains => new()
    {
        { "rsa2048", "", "rsa2048", PssSha256 },
        { "rsa2048", "rsa2048", "rsa2048", PssSha256 },
        { "rsa3072", "p256", "p384", PssSha256 },
        { "rsa4096", "rsa4096", "rsa4096", PssSha256 },
        { "p256", "", "p256", "300A06082A8648CE3D040302" },
        { "p256", "rsa2048", "rsa2048", "300A06082A8648CE3D040302" },
        { "p384", "p384", "p384", "300A06082A8648CE3D040303" },
        { "p521", "p256", "rsa2048", "300A06082A8648CE3D040304" },
    };

    [Theory]
    [MemberData(nameof(Chains))]
    public void A08_A30_D05_D21_D24_D25_D30_D49_a_channel_with_a_real_chain(string leaf, string intermediate, string root, string algorithm)
    {
        using var pki = new Pki(Key(root));
        using var a = Identity(pki, Pki.PeerName, leaf, intermediate);
        using var b = Identity(pki, Pki.OwnName, leaf, intermediate);
        using var world = World(a, b);
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(1);
        world.AssertOneChannel();
        Assert.Equal([algorithm], world.A.SignedWith);
        Assert.Equal([algorithm], world.B.SignedWith);
        Assert.Equal(Pki.PeerName.ToString(), world.B.Channels.Values.Single().Peer.NodeName);
        // What is too long for 1280 octets went in fragments that are not (D-50).
        Assert.All(world.Sent, s => Assert.True(s.Datagram.Datagram.Length <= 1232));
    }

    [Theory]
    [InlineData("rsa2048", "p256")]
    [InlineData("p521", "rsa2048")]
    public void A08_D21_two_kinds_of_keys_meet(string leafA, string leafB)
    {
        using var pki = new Pki(Key("rsa2048"));
        using var a = Identity(pki, Pki.PeerName, leafA, "");
        using var b = Identity(pki, Pki.OwnName, leafB, "p384");
        using var world = World(a, b);
        world.B.Initiate(IkeWorld.Link1, world.A);
        world.Run(1);
        world.AssertOneChannel();
    }

    /// <summary>D-22: what the peer named decides over what we like best.</summary>
    [Theory]
    [InlineData("p256", SignatureHash.Sha2_512, "300A06082A8648CE3D040304")]
    [InlineData("p521", SignatureHash.Sha2_256, "300A06082A8648CE3D040302")]
    [InlineData("rsa2048", SignatureHash.Sha2_384, "304106092A864886F70D01010A3034A00F300D06096086480165030402020500A11C301A06092A864886F70D010108300D06096086480165030402020500A203020130")]
    [InlineData("rsa2048", SignatureHash.Sha2_512, "304106092A864886F70D01010A3034A00F300D06096086480165030402030500A11C301A06092A864886F70D010108300D06096086480165030402030500A203020140")]
    public void D22_D23_D24_D25_the_peers_hashes_are_honoured_both_ways(string leaf, SignatureHash only, string algorithm)
    {
        using var pki = new Pki();
        using var a = Identity(pki, Pki.PeerName, leaf, "");
        using var b = Identity(pki, Pki.OwnName, leaf, "");
        using var world = World(a, b);
        world.B.Options = world.B.Options with { SignatureHashes = [only] };
        world.B.Restart(9);
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(1);
        world.AssertOneChannel();
        Assert.Equal([algorithm], world.A.SignedWith);
        Assert.Equal([algorithm], world.B.SignedWith);
        Assert.True(IkeMessage.TryDecode(world.Sent[1].Datagram.Datagram.Span, out var response, out _));
        Assert.Equal([0, (byte)only], response.Payloads.OfType<NotifyPayload>().Single(n => n.Notify == NotifyType.SignatureHashAlgorithms).Data.ToArray());
    }

    [Fact]
    public void D22_the_announcement_names_the_three_and_never_sha1()
    {
        using var world = new IkeWorld();
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(1);
        foreach (var sent in world.Sent.Take(2))
        {
            Assert.True(IkeMessage.TryDecode(sent.Datagram.Datagram.Span, out var message, out _));
            Assert.Equal([0, 2, 0, 3, 0, 4], message.Payloads.OfType<NotifyPayload>().Single(n => n.Notify == NotifyType.SignatureHashAlgorithms).Data.ToArray());
        }
    }

    /// <summary>A-17, A-18, A-24, D-32, D-47: who should not get in does not, and hears nothing but AUTHENTICATION_FAILED.</summary>
    [Theory]
    [InlineData("other root", "no-trust-anchor-path")]
    [InlineData("expired", "expired")]
    [InlineData("no name", "no-acp-node-name")]
    [InlineData("no address", "no-acp-address")]
    [InlineData("other domain", "other-domain")]
    [InlineData("another key", "signature-mismatch")]
    public void A17_A18_A24_A25_C18_D02_D32_D47_a_stranger_is_refused_for_the_right_reason(string what, string code)
    {
        using var pki = new Pki();
        using var other = new Pki();
        using var b = Identity(pki, Pki.OwnName, "p256", "");
        using var world = new IkeWorld();
        world.B.Identity = b;
        world.B.Restart(4);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var raw = new RawInitiator(world);
        using var leaf = what switch
        {
            "other root" => other.Leaf(key),
            "expired" => pki.Leaf(key, until: Pki.Now.AddDays(-1), from: Pki.Now.AddDays(-9)),
            "no address" => pki.Leaf(key, AcpNodeNameExtension.Create(AcpNodeName.CreateWithoutAddress(AcpAddressField.Omitted, "", Pki.Domain))),
            "another key" => pki.Leaf(stranger),
            "no name" => pki.Leaf(key, withoutName: true),
            _ => pki.Leaf(key, AcpNodeNameExtension.Create(AcpNodeName.Create(Pki.PeerAddress, "", "acp.example.org"))),
        };
        var answer = raw.Ask(ExchangeType.IkeAuth, 1, raw.AuthAs(Pki.PeerAddress, [leaf.RawDataMemory],
            octets => key.SignData(octets, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)));
        Assert.Equal(NotifyType.AuthenticationFailed, Assert.IsType<NotifyPayload>(Assert.Single(answer!)).Notify);
        var refused = Assert.Single(world.B.Facts.OfType<Ikev2Fact.PeerRefused>());
        Assert.Equal(code, refused.Code);
        Assert.NotEmpty(refused.Text);
        Assert.Empty(world.B.Actions.OfType<Ikev2Action.InstallChildSa>());
    }

    private static IkeWorld World(NodeIdentity a, NodeIdentity b)
    {
        var world = new IkeWorld();
        world.A.Identity = a;
        world.B.Identity = b;
        world.A.Restart(1);
        world.B.Restart(2);
        return world;
    }

    private static NodeIdentity Identity(Pki pki, AcpNodeName name, string leafKind, string intermediateKind)
    {
        var key = Key(leafKind);
        using var intermediateKey = intermediateKind.Length > 0 ? Key(intermediateKind) : null;
        X509Certificate2[] intermediates = intermediateKey is null
            ? []
            : [Pki.Authority("CN=intermediate", intermediateKey, pki.Root, pki.RootKey)];
        var leaf = pki.Leaf(key, AcpNodeNameExtension.Create(name), issuer: intermediates.FirstOrDefault(), issuerKey: intermediateKey);
        ISigningKey signing = key is ECDsa ecdsa ? new EcdsaSigningKey(ecdsa) : new RsaSigningKey((RSA)key);
        var made = NodeIdentity.TryCreate(leaf, intermediates, [X509CertificateLoader.LoadCertificate(pki.Root.RawData)], signing, out var identity, out _, out var detail);
        Assert.True(made, detail);
        return identity!;
    }

    private static AsymmetricAlgorithm Key(string kind) => kind switch
    {
        "p256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
        "p384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
        "p521" => ECDsa.Create(ECCurve.NamedCurves.nistP521),
        _ => RSA.Create(int.Parse(kind[3..], System.Globalization.CultureInfo.InvariantCulture)),
    };
}
