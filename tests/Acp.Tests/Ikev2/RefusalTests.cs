using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Core.Time;
using Acp.Linux.Crypto;
using Acp.Wire;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>Each bad thing gets its own answer.</summary>
public class RefusalTests
{
    [Fact]
    public void D12_wrong_group_is_answered_and_retried()
    {
        using var world = new IkeWorld();
        Reconfigure(world.B, new Ikev2Options { IkeProposals = [Gcm(DhGroup.Ecp384)] });
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(1);
        world.AssertOneChannel();
        Assert.Equal(6, world.Sent.Count);
        Assert.Equal([0, 20], Notify(world, 1, NotifyType.InvalidKePayload).Data.ToArray());
        Assert.Equal(DhGroup.Ecp384, Decode(world, 2).Find<KePayload>()!.Group);
    }

    [Fact]
    public void D13_nothing_in_common()
    {
        using var world = new IkeWorld();
        Reconfigure(world.A, new Ikev2Options { IkeProposals = [Gcm(DhGroup.Ecp256)] });
        Reconfigure(world.B, new Ikev2Options
        {
            IkeProposals = [new([(EncryptionAlgorithm.AesCbc, 256)], [IntegrityAlgorithm.HmacSha2_256_128], [PrfAlgorithm.HmacSha2_256], [DhGroup.Ecp256])],
        });
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(1);
        Notify(world, 1, NotifyType.NoProposalChosen);
        Assert.Equal(InitiationFailure.NoProposalChosen, Assert.Single(world.A.Actions.OfType<Ikev2Action.InitiationFailed>()).Reason);
        world.AssertNothingLeft();
    }

    [Theory]
    [InlineData(EncryptionAlgorithm.AesGcm16, IntegrityAlgorithm.None, PrfAlgorithm.HmacSha2_512, DhGroup.Ecp521)]
    [InlineData(EncryptionAlgorithm.ChaCha20Poly1305, IntegrityAlgorithm.None, PrfAlgorithm.HmacSha2_256, DhGroup.Curve25519)]
    [InlineData(EncryptionAlgorithm.AesCbc, IntegrityAlgorithm.HmacSha2_256_128, PrfAlgorithm.HmacSha2_384, DhGroup.Modp2048)]
    [InlineData(EncryptionAlgorithm.AesCbc, IntegrityAlgorithm.HmacSha2_512_256, PrfAlgorithm.HmacSha2_256, DhGroup.Ecp256)]
    public void D14_D20_every_suite(EncryptionAlgorithm encryption, IntegrityAlgorithm integrity, PrfAlgorithm prf, DhGroup group)
    {
        using var world = new IkeWorld();
        Reconfigure(world.A, new Ikev2Options
        {
            IkeProposals = [new([(encryption, 256)], integrity == IntegrityAlgorithm.None ? [] : [integrity], [prf], [group])],
        });
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(1);
        world.AssertOneChannel();
        Assert.Equal(new IkeSuite(encryption, 256, integrity, prf, group), world.B.Machine.Status.Single().Suite);
        // A liveness exchange both ways under these keys.
        world.Run(60);
        world.AssertOneChannel();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void D47_refused_peer_gets_authentication_failed_and_nothing_more(bool byResponder)
    {
        using var world = new IkeWorld();
        (byResponder ? world.B : world.A).Authenticator.RefuseAll = true;
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(2);
        world.AssertNothingLeft();
        var failed = Assert.Single(world.A.Actions.OfType<Ikev2Action.InitiationFailed>());
        Assert.Equal(byResponder ? InitiationFailure.AuthenticationFailed : InitiationFailure.PeerRefused, failed.Reason);
        Assert.Contains((byResponder ? world.B : world.A).Facts, f => f is Ikev2Fact.PeerRefused { Code: "policy" });
        // D-32: whoever refuses never installs ESP state.
        Assert.Empty((byResponder ? world.B : world.A).Actions.OfType<Ikev2Action.InstallChildSa>());
        if (byResponder)
        {
            // For the adjacency table, which otherwise hears only of our own attempts.
            Assert.Equal(world.A.LinkLocal, Assert.Single(world.B.Actions.OfType<Ikev2Action.ResponderRefused>()).Remote);
        }
        else
        {
            // B had accepted A; being refused is not the Decider's tidying up, after which a Follower keeps quiet.
            var closed = Assert.Single(world.B.Actions.OfType<Ikev2Action.ChannelClosed>());
            Assert.Equal(ChannelCloseReason.RefusedByPeer, closed.Reason);
            Assert.False(closed.ByPeerDelete);
        }

        world.Run(60);
        Assert.Null(world.A.Machine.NextDeadline);
        Assert.Null(world.B.Machine.NextDeadline);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A17_D26_bad_signature_is_refused(bool initiatorLies)
    {
        using var world = new IkeWorld();
        (initiatorLies ? world.A : world.B).Authenticator.SignBadly = true;
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(2);
        world.AssertNothingLeft();
        Assert.Contains((initiatorLies ? world.B : world.A).Facts, f => f is Ikev2Fact.PeerRefused { Code: "signature" });
    }

    [Fact]
    public void C07_our_own_identity_at_the_other_end_is_a_clone()
    {
        using var world = new IkeWorld();
        world.B.Authenticator = world.A.Authenticator;
        world.B.Restart(5);
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(2);
        world.AssertNothingLeft();
        Assert.Contains(world.B.Facts, f => f is Ikev2Fact.PeerRefused { Code: "clone" });
    }

    [Fact]
    public void D04_higher_major_version_is_told_higher_minor_is_taken()
    {
        using var world = new IkeWorld();
        world.A.Initiate(IkeWorld.Link1, world.B);
        var init = world.Sent[0].Datagram.Datagram.ToArray();
        init[17] = 0x30;
        Inject(world, init);
        var answer = Decode(world, 1);
        Assert.Equal(0x20, answer.Header.Version);
        Assert.Equal(NotifyType.InvalidMajorVersion, answer.Find<NotifyPayload>()!.Notify);
        init[17] = 0x21;
        Inject(world, init);
        Assert.NotNull(Decode(world, 2).Find<KePayload>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void D06_unknown_payloads(bool critical)
    {
        using var world = new IkeWorld();
        var payloads = InitPayloads(world);
        payloads.Add(new OpaquePayload((PayloadType)200, critical, new byte[3]));
        Inject(world, Init(payloads));
        var answer = Decode(world, 0);
        if (critical)
            Assert.Equal([200], answer.Find<NotifyPayload>()!.Data.ToArray());
        else
            Assert.NotNull(answer.Find<KePayload>());
        Assert.Equal(critical ? 0 : 1, world.B.Machine.HalfOpenCount);
    }

    [Fact]
    public void D22_peer_without_signature_hash_algorithms_is_refused()
    {
        using var world = new IkeWorld();
        var payloads = InitPayloads(world).Where(p => p is not NotifyPayload { Notify: NotifyType.SignatureHashAlgorithms }).ToList();
        Inject(world, Init(payloads));
        Assert.Equal(NotifyType.NoProposalChosen, Decode(world, 0).Find<NotifyPayload>()!.Notify);
        // SHA-1 alone is as good as nothing.
        Inject(world, Init([.. payloads, new NotifyPayload(NotifyType.SignatureHashAlgorithms, new byte[] { 0, 1 })]));
        Assert.Equal(NotifyType.NoProposalChosen, Decode(world, 1).Find<NotifyPayload>()!.Notify);
        Assert.Equal(0, world.B.Machine.HalfOpenCount);
    }

    [Fact]
    public void D14_a_point_off_the_curve_is_refused()
    {
        using var world = new IkeWorld();
        var payloads = InitPayloads(world);
        payloads[1] = new KePayload(DhGroup.Ecp256, Enumerable.Repeat((byte)7, 64).ToArray());
        Inject(world, Init(payloads));
        Assert.Equal(NotifyType.InvalidSyntax, Decode(world, 0).Find<NotifyPayload>()!.Notify);
        Assert.Equal(0, world.B.Machine.HalfOpenCount);
    }

    [Fact]
    public void D54_same_spi_and_another_nonce_are_two_half_open_sas_a_copy_is_one()
    {
        using var world = new IkeWorld();
        var payloads = InitPayloads(world);
        Inject(world, Init(payloads));
        Inject(world, Init(payloads));
        Assert.Equal(1, world.B.Machine.HalfOpenCount);
        Assert.True(world.Sent[0].Datagram.Datagram.Span.SequenceEqual(world.Sent[1].Datagram.Datagram.Span));
        payloads[2] = new NoncePayload(new byte[32]);
        Inject(world, Init(payloads));
        Assert.Equal(2, world.B.Machine.HalfOpenCount);
        world.Run(31);
        Assert.Equal(0, world.B.Machine.HalfOpenCount);
        Assert.Null(world.B.Machine.NextDeadline);
    }

    [Fact]
    public void D11_Q07_a_flood_keeps_memory_bounded_and_honest_peers_served()
    {
        using var world = new IkeWorld();
        var payloads = InitPayloads(world);
        var random = new SeededRandom(4);
        for (var i = 0; i < 1000; i++)
        {
            payloads[2] = new NoncePayload(random.Bytes(32));
            var source = new Ipv6Address(((UInt128)0xfe80 << 112) + 0x1000 + (UInt128)(i % 300));
            world.B.Machine.HandleDatagram(world.Now, IkeWorld.Link1, world.B.LinkLocal, 500, source, 500, Init(payloads));
            world.B.Perform();
        }

        Assert.InRange(world.B.Machine.HalfOpenCount, 60, 80);
        Assert.Contains(world.B.Facts, f => f is Ikev2Fact.Dropped { Reason: IkeDrop.CookieDemanded });
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(1);
        world.AssertOneChannel();
        // The honest peer repeated its request with the cookie first (RFC 7296 §2.6).
        Assert.Contains(world.Sent, s => s.From == world.A && IkeMessage.TryDecode(s.Datagram.Datagram.Span, out var m, out _)
            && m.Payloads[0] is NotifyPayload { Notify: NotifyType.Cookie });
    }

    /// <summary>What answers do to the kernel's table of neighbours is bounded; who announced itself is served all the same.</summary>
    [Fact]
    public void D11_Q07_in_a_flood_strangers_get_few_answers_and_expected_neighbours_theirs()
    {
        using var world = new IkeWorld();
        var payloads = InitPayloads(world);
        var random = new SeededRandom(5);
        void Flood(int count)
        {
            for (var i = 0; i < count; i++)
            {
                payloads[2] = new NoncePayload(random.Bytes(32));
                var source = new Ipv6Address(((UInt128)0xfe80 << 112) + 0x1000 + random.NextUInt32());
                world.B.Machine.HandleDatagram(world.Now, IkeWorld.Link1, world.B.LinkLocal, 500, source, 500, Init(payloads));
                world.B.Perform();
            }
        }

        Flood(64);
        Assert.Equal(64, world.B.Machine.HalfOpenCount);
        var sent = world.Sent.Count;
        Flood(5000);
        Assert.Equal(64, world.B.Machine.HalfOpenCount);
        // A burst of twice the rate, at one moment.
        Assert.Equal(100, world.Sent.Count - sent);
        Assert.Equal(4900, world.B.Facts.Count(f => f is Ikev2Fact.Dropped { Reason: IkeDrop.RateLimited }));

        world.B.Machine.Expect(IkeWorld.Link1, world.A.LinkLocal, true);
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(0.1);
        world.AssertOneChannel();
        // A minute later the half-open ones are gone, and nobody is asked for a cookie.
        world.Run(60);
        Assert.Equal(0, world.B.Machine.HalfOpenCount);
    }

    [Fact]
    public void D48_unprotected_errors_are_rate_limited()
    {
        using var world = new IkeWorld();
        var payloads = InitPayloads(world);
        payloads.RemoveAt(2);
        var bytes = Init(payloads);
        for (var i = 0; i < 500; i++)
            Inject(world, bytes);
        Assert.Equal(20, world.Sent.Count);
        world.Run(1);
        Inject(world, bytes);
        Assert.Equal(21, world.Sent.Count);
    }

    /// <summary>Whatever happens to the bits of a handshake on the way, nothing throws and the handshake survives by retransmission.</summary>
    [Fact]
    public void D48_mutated_datagrams_never_throw()
    {
        for (ulong seed = 0; seed < 60; seed++)
        {
            var random = new SeededRandom(seed);
            using var world = new IkeWorld();
            world.Network = (_, from, datagram) =>
            {
                var mutated = datagram.ToArray();
                for (var i = 0; i <= random.Next(3); i++)
                    mutated[random.Next(mutated.Length)] ^= (byte)(1 << random.Next(8));
                var to = world.Peer(from);
                world.Post(() =>
                {
                    to.Machine.HandleDatagram(world.Now, IkeWorld.Link1, to.LinkLocal, 500, from.LinkLocal, 500, mutated);
                    to.Perform();
                });
                return [2 * IkeWorld.Delay];
            };
            world.A.Initiate(IkeWorld.Link1, world.B);
            world.Run(40);
        }
    }

    private static IkeProposal Gcm(DhGroup group) =>
        new([(EncryptionAlgorithm.AesGcm16, 256)], [], [PrfAlgorithm.HmacSha2_256], [group]);

    private static void Reconfigure(IkeNode node, Ikev2Options options)
    {
        node.Options = options;
        node.Restart(99);
    }

    private static List<IkePayload> InitPayloads(IkeWorld world)
    {
        using var exchange = new PlatformIkeCrypto().CreateKeyExchange(DhGroup.Ecp256);
        return
        [
            new ProposalSelector(new Ikev2Options(), new PlatformIkeCrypto()).IkeOffer(),
            new KePayload(DhGroup.Ecp256, exchange.PublicValue.ToArray()),
            new NoncePayload(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()),
            new NotifyPayload(NotifyType.SignatureHashAlgorithms, new byte[] { 0, 2 }),
        ];
    }

    private static byte[] Init(IReadOnlyList<IkePayload> payloads) =>
        IkeMessage.Encode(IkeHeader.Create(0x1122334455667788, 0, ExchangeType.IkeSaInit, IkeFlags.Initiator, 0), payloads);

    /// <summary>To B, as from A; the answers are kept in <see cref="IkeWorld.Sent"/>.</summary>
    private static void Inject(IkeWorld world, byte[] bytes)
    {
        world.Network = (_, _, _) => [];
        world.B.Machine.HandleDatagram(world.Now, IkeWorld.Link1, world.B.LinkLocal, 500, world.A.LinkLocal, 500, bytes);
        world.B.Perform();
    }

    private static IkeMessage Decode(IkeWorld world, int number)
    {
        Assert.True(IkeMessage.TryDecode(world.Sent[number].Datagram.Datagram.Span, out var message, out var refusal), refusal.ToString());
        return message;
    }

    private static NotifyPayload Notify(IkeWorld world, int number, NotifyType type)
    {
        var notify = Decode(world, number).Find<NotifyPayload>()!;
        Assert.Equal(type, notify.Notify);
        return notify;
    }
}
