using System.Buffers.Binary;
using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Linux.Crypto;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>Every algorithm that we offer, through the whole life of a channel; and those that nobody may have.</summary>
public class AlgorithmTests
{
    public static TheoryData<DhGroup> Groups =>
    [
        DhGroup.Modp2048, DhGroup.Modp3072, DhGroup.Modp4096, DhGroup.Ecp256, DhGroup.Ecp384, DhGroup.Ecp521, DhGroup.Curve25519,
    ];

    public static TheoryData<EncryptionAlgorithm, IntegrityAlgorithm, PrfAlgorithm> Ciphers
    {
        get
        {
            var rows = new TheoryData<EncryptionAlgorithm, IntegrityAlgorithm, PrfAlgorithm>();
            foreach (var prf in new[] { PrfAlgorithm.HmacSha2_256, PrfAlgorithm.HmacSha2_384, PrfAlgorithm.HmacSha2_512 })
            {
                rows.Add(EncryptionAlgorithm.AesGcm16, IntegrityAlgorithm.None, prf);
                rows.Add(EncryptionAlgorithm.ChaCha20Poly1305, IntegrityAlgorithm.None, prf);
                rows.Add(EncryptionAlgorithm.AesCbc, IntegrityAlgorithm.HmacSha2_256_128, prf);
                rows.Add(EncryptionAlgorithm.AesCbc, IntegrityAlgorithm.HmacSha2_512_256, prf);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void D14_D15_D16_D41_every_group_makes_and_rekeys_a_channel(DhGroup group)
    {
        using var world = Only(EncryptionAlgorithm.AesGcm16, IntegrityAlgorithm.None, PrfAlgorithm.HmacSha2_256, group);
        LiveThrough(world, group);
    }

    [Theory]
    [MemberData(nameof(Ciphers))]
    public void D17_D18_D19_D20_every_cipher_integrity_and_prf_makes_and_rekeys_a_channel(EncryptionAlgorithm encryption,
        IntegrityAlgorithm integrity, PrfAlgorithm prf)
    {
        using var world = Only(encryption, integrity, prf, DhGroup.Ecp256);
        Assert.Equal(new IkeSuite(encryption, 256, integrity, prf, DhGroup.Ecp256), LiveThrough(world, DhGroup.Ecp256));
    }

    [Theory]
    [InlineData(EspAlgorithm.AesGcm256)]
    [InlineData(EspAlgorithm.ChaCha20Poly1305)]
    public void E02_E05_D36_either_esp_algorithm_alone_makes_and_rekeys_a_channel(EspAlgorithm algorithm)
    {
        using var world = new IkeWorld(new Ikev2Options { EspAlgorithms = [algorithm] });
        LiveThrough(world, DhGroup.Ecp256);
        Assert.All(world.A.Actions.OfType<Ikev2Action.InstallChildSa>(), i => Assert.Equal(algorithm, i.ChildSa.Algorithm));
    }

    [Theory]
    [InlineData(EspAlgorithm.AesGcm256)]
    [InlineData(EspAlgorithm.ChaCha20Poly1305)]
    public void E07_the_responder_takes_the_first_of_the_initiators_that_both_have(EspAlgorithm first)
    {
        EspAlgorithm[] order = [first, first == EspAlgorithm.AesGcm256 ? EspAlgorithm.ChaCha20Poly1305 : EspAlgorithm.AesGcm256];
        using var world = new IkeWorld();
        world.A.Options = world.A.Options with { EspAlgorithms = order };
        world.A.Restart(77);
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(1);
        world.AssertOneChannel();
        Assert.Equal(first, world.A.Actions.OfType<Ikev2Action.InstallChildSa>().Single().ChildSa.Algorithm);
    }

    [Fact]
    public void E05_no_common_esp_algorithm_leaves_no_channel()
    {
        using var world = new IkeWorld(new Ikev2Options { EspAlgorithms = [EspAlgorithm.ChaCha20Poly1305] });
        world.A.Options = world.A.Options with { EspAlgorithms = [EspAlgorithm.AesGcm256] };
        world.A.Restart(77);
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(2);
        world.AssertNothingLeft();
        Assert.Equal(InitiationFailure.NoProposalChosen, world.A.Actions.OfType<Ikev2Action.InitiationFailed>().Single().Reason);
    }

    /// <summary>Our offer, all of it: a weak or unknown number in it would be a mistake of ours (trap: 8247's MUST NOTs).</summary>
    [Fact]
    public void C20_D15_D16_D17_D18_D19_D20_our_offer_names_these_and_nothing_else()
    {
        var selector = new ProposalSelector(new Ikev2Options(), new PlatformIkeCrypto());
        var proposals = selector.IkeOffer().Proposals;
        Assert.Equal(2, proposals.Count);
        Assert.Equal([20, 28], Ids(proposals[0], TransformType.Encryption));
        Assert.Equal([12], Ids(proposals[1], TransformType.Encryption));
        Assert.Empty(Ids(proposals[0], TransformType.Integrity));
        Assert.Equal([12, 14], Ids(proposals[1], TransformType.Integrity));
        foreach (var proposal in proposals)
        {
            Assert.Equal([5, 6, 7], Ids(proposal, TransformType.Prf));
            Assert.Equal([19, 20, 21, 31, 14, 15, 16], Ids(proposal, TransformType.KeyExchange));
            Assert.All(proposal.Transforms.Where(t => t.Type == TransformType.Encryption && t.Id != 28), t => Assert.Equal((ushort)256, t.KeyBits));
            Assert.All(proposal.Transforms.Where(t => t.Id == 28), t => Assert.Null(t.KeyBits));
        }

        var esp = selector.EspOffer(0x1000).Proposals;
        Assert.Equal([20], Ids(esp[0], TransformType.Encryption));
        Assert.Equal([28], Ids(esp[1], TransformType.Encryption));
        Assert.All(esp, p => Assert.Equal([1, 0], Ids(p, TransformType.ExtendedSequenceNumbers)));
        Assert.All(esp, p => Assert.Empty(Ids(p, TransformType.Integrity)));
    }

    /// <summary>One transform of a good IKE proposal is exchanged for one that is weak, unknown or out of place.</summary>
    [Theory]
    [InlineData(TransformType.KeyExchange, 1, null)] // 768-bit MODP
    [InlineData(TransformType.KeyExchange, 2, null)]
    [InlineData(TransformType.KeyExchange, 5, null)]
    [InlineData(TransformType.KeyExchange, 22, null)]
    [InlineData(TransformType.KeyExchange, 23, null)]
    [InlineData(TransformType.KeyExchange, 24, null)]
    [InlineData(TransformType.KeyExchange, 25, null)] // 192-bit ECP
    [InlineData(TransformType.KeyExchange, 0, null)]
    [InlineData(TransformType.Encryption, 20, 128)]
    [InlineData(TransformType.Encryption, 20, 192)]
    [InlineData(TransformType.Encryption, 20, null)] // AES without its key length
    [InlineData(TransformType.Encryption, 18, 256)] // GCM with 8 octets of ICV
    [InlineData(TransformType.Encryption, 12, 256)] // CBC without integrity
    [InlineData(TransformType.Encryption, 11, null)] // NULL
    [InlineData(TransformType.Encryption, 3, null)] // 3DES
    [InlineData(TransformType.Encryption, 2, null)] // DES
    [InlineData(TransformType.Prf, 1, null)] // HMAC-MD5
    [InlineData(TransformType.Prf, 2, null)] // HMAC-SHA-1
    public void C20_D15_D17_D18_weak_algorithms_of_a_peer_are_refused(TransformType type, int id, int? keyBits)
    {
        var transforms = new List<Transform>
        {
            new(TransformType.Encryption, 20, 256), new(TransformType.Prf, 5), new(TransformType.KeyExchange, 19),
        };
        Assert.True(Choose(transforms));
        transforms.RemoveAll(t => t.Type == type);
        transforms.Add(new Transform(type, (ushort)id, (ushort?)keyBits));
        Assert.False(Choose(transforms));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)] // HMAC-MD5-96
    [InlineData(2)] // HMAC-SHA1-96
    public void D19_weak_integrity_of_a_peer_is_refused(int integrity)
    {
        Transform[] others = [new(TransformType.Encryption, 12, 256), new(TransformType.Prf, 5), new(TransformType.KeyExchange, 19)];
        Assert.True(Choose([.. others, new Transform(TransformType.Integrity, 12)]));
        Assert.False(Choose([.. others, new Transform(TransformType.Integrity, (ushort)integrity)]));
    }

    [Theory]
    [InlineData(20, 128)]
    [InlineData(20, 192)]
    [InlineData(12, 256)]
    [InlineData(11, null)]
    [InlineData(3, null)]
    [InlineData(14, 256)]
    [InlineData(28, 128)]
    public void C20_D51_E08_weak_algorithms_of_a_peer_are_refused_for_esp(int id, int? keyBits)
    {
        var selector = new ProposalSelector(new Ikev2Options(), new PlatformIkeCrypto());
        Transform esn = new(TransformType.ExtendedSequenceNumbers, 0);
        Assert.False(selector.TryChooseEsp(Esp(ProtocolId.Esp, new Transform(TransformType.Encryption, (ushort)id, (ushort?)keyBits), esn),
            true, DhGroup.None, out _));
        Transform good = new(TransformType.Encryption, 20, 256);
        Assert.True(selector.TryChooseEsp(Esp(ProtocolId.Esp, good, esn), true, DhGroup.None, out _));
        // AH, and an ESP proposal that wants integrity on top of an AEAD.
        Assert.False(selector.TryChooseEsp(Esp(ProtocolId.Ah, good, esn), true, DhGroup.None, out _));
        Assert.False(selector.TryChooseEsp(Esp(ProtocolId.Esp, good, esn, new Transform(TransformType.Integrity, 12)), true, DhGroup.None, out _));
        // Without a word about sequence numbers nobody knows which are meant (RFC 7296 §3.3.3).
        Assert.False(selector.TryChooseEsp(Esp(ProtocolId.Esp, good), true, DhGroup.None, out _));
    }

    [Theory]
    [InlineData(new[] { 1, 0 }, true)]
    [InlineData(new[] { 0, 1 }, true)]
    [InlineData(new[] { 1 }, true)]
    [InlineData(new[] { 0 }, false)]
    public void E11_D36_extended_sequence_numbers_when_the_peer_has_them(int[] offered, bool extended)
    {
        var selector = new ProposalSelector(new Ikev2Options(), new PlatformIkeCrypto());
        var transforms = offered.Select(e => new Transform(TransformType.ExtendedSequenceNumbers, (ushort)e))
            .Prepend(new Transform(TransformType.Encryption, 20, 256)).ToArray();
        Assert.True(selector.TryChooseEsp(Esp(ProtocolId.Esp, transforms), true, DhGroup.None, out var suite));
        Assert.Equal(extended, suite.ExtendedSequenceNumbers);
        var answer = ProposalSelector.EspAnswer(suite, 0x2000).Proposals.Single();
        Assert.Equal([extended ? 1 : 0], Ids(answer, TransformType.ExtendedSequenceNumbers));
    }

    private static IkeWorld Only(EncryptionAlgorithm encryption, IntegrityAlgorithm integrity, PrfAlgorithm prf, DhGroup group) =>
        new(new Ikev2Options
        {
            IkeProposals = [new([(encryption, 256)], integrity == IntegrityAlgorithm.None ? [] : [integrity], [prf], [group])],
        });

    /// <summary>Set up, child rekey and IKE rekey by either side, liveness, and the end. Gives what was agreed.</summary>
    private static IkeSuite LiveThrough(IkeWorld world, DhGroup group)
    {
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(1);
        world.AssertOneChannel("after set-up");
        var before = world.A.Children.Single().Key;
        foreach (var node in new[] { world.A, world.B })
        {
            node.Machine.RekeyChildSa(world.Now, node.Channels.Single().Key);
            node.Perform();
            world.Run(2);
            world.AssertOneChannel($"after a child rekey by {node.Name}");
            Assert.NotEqual(before, world.A.Children.Single().Key);
            before = world.A.Children.Single().Key;
            var ike = world.A.Machine.Status.Single().IkeSa;
            node.Machine.RekeyIkeSa(world.Now, node.Channels.Single().Key);
            node.Perform();
            world.Run(2);
            world.AssertOneChannel($"after an IKE rekey by {node.Name}");
            Assert.NotEqual(ike, world.A.Machine.Status.Single().IkeSa);
            Assert.Equal(group, world.A.Machine.Status.Single().Suite!.Group);
        }

        world.Run(30);
        world.AssertOneChannel("after liveness probes");
        var suite = world.B.Machine.Status.Single().Suite!;
        world.A.Machine.CloseAll(world.Now);
        world.A.Perform();
        world.Run(60);
        world.AssertNothingLeft();
        return suite;
    }

    private static bool Choose(IReadOnlyList<Transform> transforms) =>
        new ProposalSelector(new Ikev2Options(), new PlatformIkeCrypto()).TryChooseIke(
            new SaPayload([new Proposal(1, ProtocolId.Ike, default, transforms)]), DhGroup.Ecp256, out _, out _);

    private static SaPayload Esp(ProtocolId protocol, params Transform[] transforms)
    {
        var spi = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(spi, 0xabcd1234);
        return new SaPayload([new Proposal(1, protocol, spi, transforms)]);
    }

    private static List<int> Ids(Proposal proposal, TransformType type) =>
        [.. proposal.Transforms.Where(t => t.Type == type).Select(t => (int)t.Id)];
}
