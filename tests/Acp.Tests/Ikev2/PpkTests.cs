using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Linux.Crypto;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>Postquantum preshared keys (RFC 8784): who uses them with whom, and that nobody is talked out of them.</summary>
public class PpkTests
{
    private enum Side
    {
        None,
        Optional,
        Required,
    }

    /// <summary>Table 1 of RFC 8784 §3, and the initiator's half of it, for every pair of settings in which both have the same key.</summary>
    [Theory]
    [InlineData("required", "required", true)]
    [InlineData("required", "optional", true)]
    [InlineData("optional", "required", true)]
    [InlineData("optional", "optional", true)]
    [InlineData("none", "none", false)]
    [InlineData("none", "optional", false)]
    [InlineData("optional", "none", false)]
    [InlineData("none", "required", null)]
    [InlineData("required", "none", null)]
    public void Used_where_both_have_it_and_refused_where_one_demands_it(string initiator, string responder, bool? used)
    {
        using var world = World(initiator, "k1", 1, responder, "k1", 1);
        Connect(world, used);
        if (used is null)
        {
            var failed = Assert.Single(world.A.Actions.OfType<Ikev2Action.InitiationFailed>());
            Assert.Equal(initiator == "required" ? InitiationFailure.PpkMissing : InitiationFailure.AuthenticationFailed, failed.Reason);
            if (responder == "required")
                Assert.Contains(world.B.Facts, f => f is Ikev2Fact.PeerRefused { Code: "ppk" });
        }
        else if (used == false && (initiator, responder) != ("none", "none"))
        {
            var having = initiator == "none" ? world.B : world.A;
            Assert.Single(having.Facts.OfType<Ikev2Fact.PpkNotUsed>());
        }
    }

    /// <summary>The two have keys of different names: without NO_PPK_AUTH, or where one side demands it, there is no SA.</summary>
    [Theory]
    [InlineData("optional", "optional", false)]
    [InlineData("required", "optional", null)]
    [InlineData("optional", "required", null)]
    [InlineData("required", "required", null)]
    public void Keys_of_different_names(string initiator, string responder, bool? used)
    {
        using var world = World(initiator, "k1", 1, responder, "k2", 2);
        Connect(world, used);
    }

    /// <summary>The same name and another key: AUTH does not verify, whatever was optional, for the responder takes the key it knows.</summary>
    [Theory]
    [InlineData("optional", "optional")]
    [InlineData("required", "required")]
    public void Another_key_under_the_same_name_fails(string initiator, string responder)
    {
        using var world = World(initiator, "k1", 1, responder, "k1", 2);
        Connect(world, null);
        Assert.Contains(world.B.Facts, f => f is Ikev2Fact.PeerRefused { Code: "signature" });
    }

    [Fact]
    public void A_key_is_exchanged_node_by_node()
    {
        // B has got the new one already, in front of the old one.
        using var world = World("required", "old", 1, "required", "new", 2);
        world.B.Options = world.B.Options with { Ppks = [.. world.B.Options.Ppks, Key("old", 1)] };
        world.B.Restart(21);
        Connect(world, true);
    }

    [Fact]
    public void Rekeyed_sas_and_their_children_inherit_it()
    {
        using var world = World("required", "k1", 1, "required", "k1", 1);
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(1);
        foreach (var node in new[] { world.A, world.B })
        {
            world.Rekey(node, true);
            world.Rekey(node, false);
            world.Run(3);
            Check(world, true);
        }
    }

    [Fact]
    public void Simultaneous_initiation_and_fragments_do_not_mind()
    {
        using var world = World("optional", "k1", 1, "optional", "k1", 1);
        world.A.Authenticator.Intermediates = [new byte[3000]];
        world.B.Authenticator.Intermediates = [new byte[3000]];
        world.A.Restart(31);
        world.B.Restart(32);
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.B.Initiate(IkeWorld.Link1, world.A);
        world.Run(40);
        Check(world, true);
    }

    /// <summary>Somebody on the link takes USE_PPK out of either message: the signatures cover them (RFC 7296 §2.15).</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Nobody_between_can_take_it_away(int message)
    {
        using var world = World("optional", "k1", 1, "optional", "k1", 1);
        world.Forge = (number, datagram) => number == message ? Without(datagram, NotifyType.UsePpk) : datagram;
        Connect(world, null);
    }

    [Fact]
    public void What_is_sent_is_what_rfc8784_says()
    {
        using var world = World("optional", "k1", 1, "optional", "k1", 1);
        foreach (var init in Inits(world))
        {
            var use = init.Payloads.OfType<NotifyPayload>().Single(n => (ushort)n.Notify == 16435);
            Assert.Equal((ProtocolId.None, 0, 0), (use.Protocol, use.Spi.Length, use.Data.Length));
        }

        // Type 2, a fixed string, then the name.
        Assert.Equal("026B31", Convert.ToHexString(Key("k1", 1).EncodeId()));
        Assert.Equal((16436, 16437), ((int)NotifyType.PpkIdentity, (int)NotifyType.NoPpkAuth));
        // Two signatures by an initiator to whom it is optional, one by everybody else.
        Assert.Equal(2, world.A.SignedWith.Count);
        Assert.Single(world.B.SignedWith);
    }

    [Fact]
    public void Without_keys_there_is_no_word_of_it()
    {
        using var world = new IkeWorld();
        foreach (var init in Inits(world))
            Assert.DoesNotContain(init.Payloads.OfType<NotifyPayload>(), n => n.Notify == NotifyType.UsePpk);
    }

    /// <summary>SK_d = prf+(PPK, SK_d'), by a second hand: HMAC-SHA-256(PPK, SK_d' | 0x01), for the PRF is as long as the key.</summary>
    [Fact]
    public void The_keys_are_mixed_as_rfc8784_says()
    {
        var suite = new IkeSuite(EncryptionAlgorithm.AesGcm16, 256, IntegrityAlgorithm.None, PrfAlgorithm.HmacSha2_256, DhGroup.Ecp256);
        using var secret = new SecretBytes(Enumerable.Range(1, 32).Select(i => (byte)i).ToArray());
        using var keys = KeyMaterial.Derive(new PlatformIkeCrypto(), suite, secret, new byte[32], new byte[32], new IkeSaId(1, 2));
        var ppk = Key("k1", 1);
        (byte[] d, byte[] pi, byte[] pr) = (keys.SkD.Span.ToArray(), keys.SkPi.Span.ToArray(), keys.SkPr.Span.ToArray());
        var encryption = keys.SkEi.Span.ToArray();
        Assert.False(keys.UsesPpk);
        keys.Adopt(keys.MixWith(ppk));
        Assert.True(keys.UsesPpk);
        Assert.Equal(Expected(d), keys.SkD.Span.ToArray());
        Assert.Equal(Expected(pi), keys.SkPi.Span.ToArray());
        Assert.Equal(Expected(pr), keys.SkPr.Span.ToArray());
        Assert.Equal(encryption, keys.SkEi.Span.ToArray());

        byte[] Expected(byte[] key) => System.Security.Cryptography.HMACSHA256.HashData(ppk.Key.Span, [.. key, 1]);
    }

    [Fact]
    public void It_never_prints_its_key_and_short_ones_are_no_setting()
    {
        var ppk = Key("k1", 0x41);
        Assert.Equal("PPK 'k1'", ppk.ToString());
        Assert.DoesNotContain("AAAA", new Ikev2Options { Ppks = [ppk] }.ToString(), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Ikev2Options { Ppks = [new Ppk("k", new SecretBytes(31))] }.Validate());
        Assert.Throws<ArgumentException>(() => new Ikev2Options { Ppks = [new Ppk("", new SecretBytes(32))] }.Validate());
    }

    [Fact]
    public void Bent_identities_are_nobodys()
    {
        var key = Key("k1", 1);
        var random = new SeededRandom(8784);
        Assert.Same(key, Ppk.Find([key], key.EncodeId()));
        for (var length = 0; length < 3; length++)
            Assert.Null(Ppk.Find([key], key.EncodeId().AsSpan(0, length)));
        for (var i = 0; i < 200; i++)
            Assert.Null(Ppk.Find([key], random.Bytes(3)));
    }

    private static IkeWorld World(string a, string idA, byte keyA, string b, string idB, byte keyB)
    {
        var world = new IkeWorld();
        world.A.Options = Options(a, idA, keyA);
        world.B.Options = Options(b, idB, keyB);
        world.A.Restart(11);
        world.B.Restart(12);
        return world;
    }

    private static Ikev2Options Options(string how, string id, byte key) => Enum.Parse<Side>(how, true) switch
    {
        Side.None => new Ikev2Options(),
        var side => new Ikev2Options { Ppks = [Key(id, key)], PpkRequired = side == Side.Required },
    };

    private static Ppk Key(string id, byte fill)
    {
        var key = new SecretBytes(32);
        key.Span.Fill(fill);
        return new Ppk(id, key);
    }

    private static void Connect(IkeWorld world, bool? used)
    {
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(2);
        Check(world, used);
    }

    /// <param name="used">Null where there is to be no SA.</param>
    private static void Check(IkeWorld world, bool? used)
    {
        if (used is null)
        {
            // What the responder holds half open of an initiator that gave up ends by itself.
            world.Run(40);
            world.AssertNothingLeft();
            return;
        }

        world.AssertOneChannel();
        Assert.Equal(used, world.A.Machine.Status.Single(s => s.State == IkeSaState.Established).UsesPpk);
        Assert.Equal(used, world.B.Machine.Status.Single(s => s.State == IkeSaState.Established).UsesPpk);
    }

    /// <summary>Both messages of IKE_SA_INIT when A initiates.</summary>
    private static IEnumerable<IkeMessage> Inits(IkeWorld world)
    {
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(1);
        foreach (var sent in world.Sent.Take(2))
        {
            Assert.True(IkeMessage.TryDecode(sent.Datagram.Datagram.Span, out var init, out _));
            yield return init;
        }
    }

    private static byte[] Without(ReadOnlyMemory<byte> datagram, NotifyType notify)
    {
        Assert.True(IkeMessage.TryDecode(datagram.Span, out var message, out _));
        return IkeMessage.Encode(message.Header, [.. message.Payloads.Where(p => p is not NotifyPayload n || n.Notify != notify)]);
    }
}
