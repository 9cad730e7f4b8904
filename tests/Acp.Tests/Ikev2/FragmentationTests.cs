using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>IKE fragmentation (RFC 7383; D-50): an IKE_AUTH with an RSA chain and its trust anchor over a path of 1280 octets.</summary>
public class FragmentationTests
{
    /// <summary>What UDP carries in an IPv6 packet of 1280 octets.</summary>
    private const int Room = 1280 - 40 - 8;

    private static readonly IReadOnlyList<ReadOnlyMemory<byte>> RsaChain = MakeRsaChain();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void D50_an_rsa_chain_fits_through_1280_octets(bool aead)
    {
        var options = new Ikev2Options();
        if (!aead)
            options = options with { IkeProposals = [options.IkeProposals[1]] };
        using var world = World(options);
        world.Run(1);
        world.AssertOneChannel();
        Assert.All(world.Sent, s => Assert.InRange(s.Datagram.Datagram.Length, IkeHeader.Size, Room));
        foreach (var node in new[] { world.A, world.B })
        {
            var fragments = Auth(world, node);
            Assert.True(fragments.Count >= 3, $"{fragments.Count} fragments");
            for (var i = 0; i < fragments.Count; i++)
            {
                Assert.True(IkeMessage.TryDecode(fragments[i].Span, out var message, out _));
                var skf = Assert.IsType<EncryptedFragmentPayload>(Assert.Single(message.Payloads));
                Assert.Equal((i + 1, fragments.Count), (skf.FragmentNumber, skf.TotalFragments));
                // Only the first says what is inside (§2.5).
                Assert.Equal(i > 0, skf.FirstInner == PayloadType.None);
                // As large as they may be, but for the last.
                Assert.True(i == fragments.Count - 1 || fragments[i].Length > Room - 16);
            }
        }

        // The rekeyed SA goes on with it, though its messages are short.
        world.Rekey(world.A, true);
        world.Run(1);
        world.AssertOneChannel();
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void D50_not_used_unless_both_announce_it(bool initiator, bool responder)
    {
        using var world = new IkeWorld(new Ikev2Options { Fragmentation = initiator });
        world.B.Options = new Ikev2Options { Fragmentation = responder };
        LongChains(world);
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(1);
        world.AssertOneChannel();
        Assert.Equal(4, world.Sent.Count);
        Assert.Contains(world.Sent, s => s.Datagram.Datagram.Length > Room);
        Assert.True(IkeMessage.TryDecode(world.Sent[0].Datagram.Datagram.Span, out var request, out _));
        Assert.True(IkeMessage.TryDecode(world.Sent[1].Datagram.Datagram.Span, out var response, out _));
        Assert.Equal(initiator, Announces(request));
        // A responder does not announce it to one that did not.
        Assert.False(Announces(response));
    }

    /// <summary>Any one datagram lost, doubled, or late by a little or much: a retransmission mends it, with the same octets.</summary>
    [Fact]
    public void D50_every_single_loss_doubling_and_delay()
    {
        foreach (var times in new double[][] { [], [1, 1], [1, 40], [3.5], [700], [1, 900] })
        {
            for (var odd = 0; odd < 12; odd++)
            {
                using var world = World(new Ikev2Options());
                world.Network = (number, _, _) => number == odd + 1 ? [.. times.Select(TimeSpan.FromMilliseconds)] : [IkeWorld.Delay];
                world.Run(35);
                world.AssertOneChannel($"odd {odd} times {string.Join(',', times)}");
                foreach (var node in new[] { world.A, world.B })
                {
                    // D-07: whatever was sent again is what was sent before.
                    var distinct = Auth(world, node).Select(d => Convert.ToHexString(d.Span)).Distinct().Count();
                    Assert.True(IkeMessage.TryDecode(Auth(world, node)[0].Span, out var first, out _));
                    Assert.Equal(first.Find<EncryptedFragmentPayload>()!.TotalFragments, distinct);
                }
            }
        }
    }

    /// <summary>A retransmitted request is answered once, not once per fragment (§2.6.1).</summary>
    [Fact]
    public void D07_D50_a_repeated_request_gets_one_repeated_answer()
    {
        using var world = World(new Ikev2Options());
        world.Run(1);
        var request = Auth(world, world.A);
        var answer = Auth(world, world.B);
        var before = world.Sent.Count;
        foreach (var fragment in request)
        {
            world.B.Machine.HandleDatagram(world.Now, IkeWorld.Link1, world.B.LinkLocal, 500, world.A.LinkLocal, 500, fragment.Span);
            world.B.Perform();
        }

        var again = world.Sent.Skip(before).Select(s => s.Datagram.Datagram).ToList();
        Assert.Equal(answer.Select(d => Convert.ToHexString(d.Span)), again.Select(d => Convert.ToHexString(d.Span)));
        Assert.Single(world.B.Facts.OfType<Ikev2Fact.ResponseRepeated>());
        world.Run(1);
        world.AssertOneChannel();
    }

    [Fact]
    public void D50_random_loss_and_reordering()
    {
        for (ulong seed = 0; seed < 60; seed++)
        {
            var random = new SeededRandom(seed);
            using var world = World(new Ikev2Options { Transmissions = 12, RetransmitFactor = 1.2 }, seed);
            world.Network = (_, _, _) => random.Next(6) == 0 ? [] : [TimeSpan.FromMilliseconds(1 + random.Next(12))];
            world.Run(28);
            world.Network = null;
            world.Run(40);
            world.AssertOneChannel($"seed {seed}");
        }
    }

    [Fact]
    public void D50_fragments_in_any_order_and_forged_ones_between()
    {
        using var world = new IkeWorld();
        using var peer = new RawInitiator(world, true);
        var inner = IkePayloadCodec.EncodeInner(peer.Auth());
        var (a, b, c) = (inner[..100], inner[100..250], inner[250..]);
        Assert.Equal(0, peer.Fragment(ExchangeType.IkeAuth, 1, 3, 3, PayloadType.None, c));
        // What fails the integrity check does not take a place.
        Assert.Equal(0, peer.Fragment(ExchangeType.IkeAuth, 1, 1, 3, PayloadType.IdInitiator, a, m => m[^1] ^= 1));
        Assert.Equal(0, peer.Fragment(ExchangeType.IkeAuth, 1, 2, 3, PayloadType.None, b));
        Assert.Equal(0, peer.Fragment(ExchangeType.IkeAuth, 1, 2, 3, PayloadType.None, b));
        Assert.Equal(1, peer.Fragment(ExchangeType.IkeAuth, 1, 1, 3, PayloadType.IdInitiator, a));
        Assert.Single(world.B.Channels);
        Assert.Equal([IkeDrop.Integrity, IkeDrop.Fragment], Drops(world));
    }

    /// <summary>A larger total is the message cut anew, a smaller one is stale (§2.6).</summary>
    [Fact]
    public void D50_the_finer_cut_replaces_the_coarser()
    {
        using var world = new IkeWorld();
        using var peer = new RawInitiator(world, true);
        var inner = IkePayloadCodec.EncodeInner(peer.Auth());
        peer.Fragment(ExchangeType.IkeAuth, 1, 1, 2, PayloadType.IdInitiator, inner[..200]);
        peer.Fragment(ExchangeType.IkeAuth, 1, 1, 3, PayloadType.IdInitiator, inner[..100]);
        peer.Fragment(ExchangeType.IkeAuth, 1, 2, 2, PayloadType.None, inner[200..]);
        peer.Fragment(ExchangeType.IkeAuth, 1, 2, 3, PayloadType.None, inner[100..200]);
        Assert.Empty(world.B.Channels);
        Assert.Equal([IkeDrop.Fragment], Drops(world));
        Assert.Equal(1, peer.Fragment(ExchangeType.IkeAuth, 1, 3, 3, PayloadType.None, inner[200..]));
        Assert.Single(world.B.Channels);
    }

    /// <summary>Number, size and time are bounded; what is dropped is counted, and an honest message passes afterwards.</summary>
    [Fact]
    public void D50_Q07_what_never_completes_is_bounded()
    {
        using var world = new IkeWorld(new Ikev2Options { LivenessIdle = TimeSpan.FromHours(1) });
        using var peer = new RawInitiator(world, true);
        Assert.NotNull(peer.Ask(ExchangeType.IkeAuth, 1, peer.Auth()));
        peer.Fragment(ExchangeType.Informational, 2, 1, 65, PayloadType.None, []);
        Assert.Equal([IkeDrop.FragmentLimit], Drops(world));
        world.B.Facts.Clear();
        var large = new byte[1000];
        for (ushort i = 1; i <= 17; i++)
            peer.Fragment(ExchangeType.Informational, 2, i, 64, PayloadType.Notify, large);
        Assert.Equal([IkeDrop.FragmentLimit], Drops(world));
        world.B.Facts.Clear();
        peer.Fragment(ExchangeType.Informational, 2, 1, 2, PayloadType.None, []);
        world.Run(29);
        Assert.Empty(Drops(world));
        world.Run(2);
        Assert.Equal([IkeDrop.FragmentLimit], Drops(world));
        // Fragments of another window are not even opened.
        world.B.Facts.Clear();
        peer.Fragment(ExchangeType.Informational, 9, 1, 2, PayloadType.None, []);
        Assert.Equal([IkeDrop.MessageId], Drops(world));
        peer.Fragment(ExchangeType.Informational, 2, 2, 2, PayloadType.None, []);
        Assert.Equal(1, peer.Fragment(ExchangeType.Informational, 2, 1, 2, PayloadType.None, []));
        Assert.Single(world.B.Channels);
    }

    /// <summary>All SAs together hold so much and no more.</summary>
    [Fact]
    public void D50_Q07_the_sum_over_all_is_bounded()
    {
        using var world = new IkeWorld(new Ikev2Options { FragmentOctets = IkeMessage.MaxLength });
        using var one = new RawInitiator(world, true);
        for (ushort i = 1; i <= 15; i++)
            one.Fragment(ExchangeType.IkeAuth, 1, i, 20, PayloadType.None, new byte[1000]);
        using var two = new RawInitiator(world, true);
        two.Fragment(ExchangeType.IkeAuth, 1, 1, 3, PayloadType.None, new byte[1000]);
        Assert.Empty(Drops(world));
        two.Fragment(ExchangeType.IkeAuth, 1, 2, 3, PayloadType.None, new byte[1000]);
        Assert.Equal([IkeDrop.FragmentLimit], Drops(world));
        // The first one's time is over, and with it what it held.
        world.Run(40);
        using var three = new RawInitiator(world, true);
        for (ushort i = 1; i <= 15; i++)
            three.Fragment(ExchangeType.IkeAuth, 1, i, 20, PayloadType.None, new byte[1000]);
        Assert.DoesNotContain(world.B.Facts.OfType<Ikev2Fact.Dropped>().Skip(1), d => d.Reason == IkeDrop.FragmentLimit);
    }

    [Fact]
    public void D50_fragments_that_were_not_agreed_upon_are_dropped()
    {
        using var world = new IkeWorld();
        using var peer = new RawInitiator(world);
        Assert.Equal(0, peer.Fragment(ExchangeType.IkeAuth, 1, 1, 1, PayloadType.IdInitiator, IkePayloadCodec.EncodeInner(peer.Auth())));
        Assert.Equal([IkeDrop.Fragment], Drops(world));
        Assert.Empty(world.B.Channels);
    }

    private static List<IkeDrop> Drops(IkeWorld world) => [.. world.B.Facts.OfType<Ikev2Fact.Dropped>().Select(d => d.Reason)];

    private static bool Announces(IkeMessage message) =>
        message.Payloads.OfType<NotifyPayload>().Any(n => n.Notify == NotifyType.FragmentationSupported);

    private static List<ReadOnlyMemory<byte>> Auth(IkeWorld world, IkeNode from) =>
        [.. world.Sent.Where(s => s.From == from && s.Datagram.Datagram.Span[18] == (byte)ExchangeType.IkeAuth).Select(s => s.Datagram.Datagram)];

    private static IkeWorld World(Ikev2Options options, ulong seed = 0)
    {
        var world = new IkeWorld(options, seed);
        LongChains(world, seed);
        world.A.Initiate(IkeWorld.Link1, world.B);
        return world;
    }

    private static void LongChains(IkeWorld world, ulong seed = 0)
    {
        world.A.Authenticator.Intermediates = RsaChain;
        world.B.Authenticator.Intermediates = RsaChain;
        world.A.Restart(2 * seed + 1);
        world.B.Restart(2 * seed + 2);
    }

    /// <summary>RSA-2048: a leaf, an intermediate and a self-signed trust anchor, as DER.</summary>
    private static List<ReadOnlyMemory<byte>> MakeRsaChain()
    {
        var from = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var rootKey = RSA.Create(2048);
        using var middleKey = RSA.Create(2048);
        using var leafKey = RSA.Create(2048);
        using var root = Request("CN=acp.example trust anchor, O=Example", rootKey).CreateSelfSigned(from, from.AddYears(20));
        using var middle = Request("CN=acp.example intermediate, O=Example", middleKey).Create(root, from, from.AddYears(10), [1]);
        var generator = X509SignatureGenerator.CreateForRSA(middleKey, RSASignaturePadding.Pkcs1);
        using var leaf = Request("CN=node 9, O=Example", leafKey).Create(middle.SubjectName, generator, from, from.AddYears(1), [2]);
        return [leaf.RawData, middle.RawData, root.RawData];

        static CertificateRequest Request(string name, RSA key)
        {
            var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            return request;
        }
    }
}
