using System.Numerics;
using Acp.Core;
using Acp.Linux.Crypto;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Crypto;

/// <summary>D-14, D-15, D-16: the Diffie-Hellman groups.</summary>
public class KeyExchangeTests
{
    private static readonly PlatformIkeCrypto Crypto = new();

    public static TheoryData<DhGroup> Groups =>
        [DhGroup.Modp2048, DhGroup.Modp3072, DhGroup.Modp4096, DhGroup.Ecp256, DhGroup.Ecp384, DhGroup.Ecp521, DhGroup.Curve25519];

    [Theory]
    [MemberData(nameof(Groups))]
    public void D16_two_sides_agree_and_values_have_the_groups_length(DhGroup group)
    {
        var (publicLength, secretLength) = group switch
        {
            DhGroup.Modp2048 => (256, 256),
            DhGroup.Modp3072 => (384, 384),
            DhGroup.Modp4096 => (512, 512),
            DhGroup.Ecp256 => (64, 32),
            DhGroup.Ecp384 => (96, 48),
            DhGroup.Ecp521 => (132, 66),
            _ => (32, 32),
        };
        Assert.True(Crypto.Supports(group));
        using var left = Crypto.CreateKeyExchange(group);
        using var right = Crypto.CreateKeyExchange(group);
        Assert.Equal(group, left.Group);
        Assert.Equal(publicLength, left.PublicValue.Length);
        Assert.False(left.PublicValue.Span.SequenceEqual(right.PublicValue.Span));
        Assert.True(left.TryDeriveSharedSecret(right.PublicValue.Span, out var ours));
        Assert.True(right.TryDeriveSharedSecret(left.PublicValue.Span, out var theirs));
        Assert.Equal(secretLength, ours.Length);
        Assert.True(ours.FixedTimeEquals(theirs.Span));
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void D16_every_other_length_is_refused(DhGroup group)
    {
        using var own = Crypto.CreateKeyExchange(group);
        using var peer = Crypto.CreateKeyExchange(group);
        var longer = peer.PublicValue.ToArray().Append((byte)0).ToArray();
        Assert.False(own.TryDeriveSharedSecret(longer, out _));
        for (var length = 0; length < longer.Length - 1; length++)
            Assert.False(own.TryDeriveSharedSecret(longer.AsSpan(0, length), out _));
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void D16_mutated_values_never_throw(DhGroup group)
    {
        var random = new SeededRandom(20);
        using var own = Crypto.CreateKeyExchange(group);
        using var peer = Crypto.CreateKeyExchange(group);
        for (var i = 0; i < 30; i++)
        {
            var value = peer.PublicValue.ToArray();
            value[random.Next(value.Length)] ^= (byte)(1 << random.Next(8));
            // On a curve of prime order a flipped coordinate is off the curve; elsewhere most values are fine.
            var accepted = own.TryDeriveSharedSecret(value, out _);
            if (group is DhGroup.Ecp256 or DhGroup.Ecp384 or DhGroup.Ecp521)
                Assert.False(accepted);
        }
    }

    /// <summary>RFC 5903 §8.1, §8.2, §8.3, both sides.</summary>
    [Theory]
    [InlineData(DhGroup.Ecp256,
        "C88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433",
        "DAD0B65394221CF9B051E1FECA5787D098DFE637FC90B9EF945D0C3772581180"
        + "5271A0461CDB8252D61F1C456FA3E59AB1F45B33ACCF5F58389E0577B8990BB3",
        "C6EF9C5D78AE012A011164ACB397CE2088685D8F06BF9BE0B283AB46476BEE53",
        "D12DFB5289C8D4F81208B70270398C342296970A0BCCB74C736FC7554494BF63"
        + "56FBF3CA366CC23E8157854C13C58D6AAC23F046ADA30F8353E74F33039872AB",
        "D6840F6B42F6EDAFD13116E0E12565202FEF8E9ECE7DCE03812464D04B9442DE")]
    [InlineData(DhGroup.Ecp384,
        "099F3C7034D4A2C699884D73A375A67F7624EF7C6B3C0F160647B67414DCE655E35B538041E649EE3FAEF896783AB194",
        "667842D7D180AC2CDE6F74F37551F55755C7645C20EF73E31634FE72B4C55EE6DE3AC808ACB4BDB4C88732AEE95F41AA"
        + "9482ED1FC0EEB9CAFC4984625CCFC23F65032149E0E144ADA024181535A0F38EEB9FCFF3C2C947DAE69B4C634573A81C",
        "41CB0779B4BDB85D47846725FBEC3C9430FAB46CC8DC5060855CC9BDA0AA2942E0308312916B8ED2960E4BD55A7448FC",
        "E558DBEF53EECDE3D3FCCFC1AEA08A89A987475D12FD950D83CFA41732BC509D0D1AC43A0336DEF96FDA41D0774A3571"
        + "DCFBEC7AACF3196472169E838430367F66EEBE3C6E70C416DD5F0C68759DD1FFF83FA40142209DFF5EAAD96DB9E6386C",
        "11187331C279962D93D604243FD592CB9D0A926F422E47187521287E7156C5C4D603135569B9E9D09CF5D4A270F59746")]
    [InlineData(DhGroup.Ecp521,
        "0037ADE9319A89F4DABDB3EF411AACCCA5123C61ACAB57B5393DCE47608172A095AA85A30FE1C2952C6771D937BA9777F5957B2639BAB072462F68C27A57382D4A52",
        "0015417E84DBF28C0AD3C278713349DC7DF153C897A1891BD98BAB4357C9ECBEE1E3BF42E00B8E380AEAE57C2D107564941885942AF5A7F4601723C4195D176CED3E"
        + "017CAE20B6641D2EEB695786D8C946146239D099E18E1D5A514C739D7CB4A10AD8A788015AC405D7799DC75E7B7D5B6CF2261A6A7F1507438BF01BEB6CA3926F9582",
        "0145BA99A847AF43793FDD0E872E7CDFA16BE30FDC780F97BCCC3F078380201E9C677D600B343757A3BDBF2A3163E4C2F869CCA7458AA4A4EFFC311F5CB151685EB9",
        "00D0B3975AC4B799F5BEA16D5E13E9AF971D5E9B984C9F39728B5E5739735A219B97C356436ADC6E95BB0352F6BE64A6C2912D4EF2D0433CED2B6171640012D9460F"
        + "015C68226383956E3BD066E797B623C27CE0EAC2F551A10C2C724D9852077B87220B6536C5C408A1D2AEBB8E86D678AE49CB57091F4732296579AB44FCD17F0FC56A",
        "01144C7D79AE6956BC8EDB8E7C787C4521CB086FA64407F97894E5E6B2D79B04D1427E73CA4BAA240A34786859810C06B3C715A3A8CC3151F2BEE417996D19F3DDEA")]
    public void D14_rfc5903_vectors(DhGroup group, string i, string gi, string r, string gr, string gir)
    {
        using var initiator = EcpKeyExchange.FromPrivateKey(group, Convert.FromHexString(i));
        using var responder = EcpKeyExchange.FromPrivateKey(group, Convert.FromHexString(r));
        Assert.Equal(gi, Convert.ToHexString(initiator.PublicValue.Span));
        Assert.Equal(gr, Convert.ToHexString(responder.PublicValue.Span));
        Assert.True(initiator.TryDeriveSharedSecret(responder.PublicValue.Span, out var left));
        Assert.True(responder.TryDeriveSharedSecret(initiator.PublicValue.Span, out var right));
        Assert.Equal(gir, Convert.ToHexString(left.Span));
        Assert.Equal(gir, Convert.ToHexString(right.Span));
    }

    [Theory]
    [InlineData(DhGroup.Ecp256)]
    [InlineData(DhGroup.Ecp384)]
    [InlineData(DhGroup.Ecp521)]
    public void D14_points_off_the_curve_and_beyond_the_field_are_refused(DhGroup group)
    {
        using var own = Crypto.CreateKeyExchange(group);
        var length = own.PublicValue.Length;
        Assert.False(own.TryDeriveSharedSecret(new byte[length], out _));
        Assert.False(own.TryDeriveSharedSecret(Enumerable.Repeat((byte)0xff, length).ToArray(), out _));
        var swapped = own.PublicValue.ToArray();
        Array.Reverse(swapped);
        Assert.False(own.TryDeriveSharedSecret(swapped, out _));
    }

    /// <summary>RFC 7748 §6.1.</summary>
    [Fact]
    public void D16_rfc7748_vector()
    {
        using var alice = X25519KeyExchange.FromPrivateKey(
            Convert.FromHexString("77076D0A7318A57D3C16C17251B26645DF4C2F87EBC0992AB177FBA51DB92C2A"));
        using var bob = X25519KeyExchange.FromPrivateKey(
            Convert.FromHexString("5DAB087E624A8A4B79E17F8B83800EE66F3BB1292618B6FD1C2F8B27FF88E0EB"));
        Assert.Equal("8520F0098930A754748B7DDCB43EF75A0DBF3A0D26381AF4EBA4A98EAA9B4E6A", Convert.ToHexString(alice.PublicValue.Span));
        Assert.Equal("DE9EDB7D7B7DC1B4D35B61C2ECE435373F8343C85B78674DADFC7E146F882B4F", Convert.ToHexString(bob.PublicValue.Span));
        const string k = "4A5D9D5BA4CE2DE1728E3BF480350F25E07E21C947D19E3376F09B3C1E161742";
        Assert.True(alice.TryDeriveSharedSecret(bob.PublicValue.Span, out var left));
        Assert.True(bob.TryDeriveSharedSecret(alice.PublicValue.Span, out var right));
        Assert.Equal(k, Convert.ToHexString(left.Span));
        Assert.Equal(k, Convert.ToHexString(right.Span));
    }

    /// <summary>RFC 7748 §6.1, RFC 8031 §5: points of small order lead to the all-zero secret.</summary>
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ECFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF7F")]
    public void D16_x25519_small_order_is_refused(string value)
    {
        using var own = Crypto.CreateKeyExchange(DhGroup.Curve25519);
        Assert.False(own.TryDeriveSharedSecret(Convert.FromHexString(value), out _));
    }

    /// <summary>
    /// The slow twin: with a peer value g^k for a known small k, g^ir is our public value to the power of k. Enough of
    /// them that some secrets begin with a zero octet, which must stay (RFC 7296 §2.14).
    /// </summary>
    [Theory]
    [InlineData(DhGroup.Modp2048, 400)]
    [InlineData(DhGroup.Modp3072, 20)]
    [InlineData(DhGroup.Modp4096, 20)]
    public void D15_modp_agrees_with_big_integers(DhGroup group, int count)
    {
        var p = ModpPrime.Of(group);
        using var own = Crypto.CreateKeyExchange(group);
        var length = own.PublicValue.Length;
        var ours = new BigInteger(own.PublicValue.Span, isUnsigned: true, isBigEndian: true);
        BigInteger peer = 1, expected = 1;
        for (var k = 1; k <= count; k++)
        {
            peer = peer * 2 % p;
            expected = expected * ours % p;
            Assert.True(own.TryDeriveSharedSecret(ToBytes(peer, length), out var secret), $"k={k}");
            Assert.Equal(Convert.ToHexString(ToBytes(expected, length)), Convert.ToHexString(secret.Span));
        }
    }

    [Theory]
    [InlineData(DhGroup.Modp2048)]
    [InlineData(DhGroup.Modp3072)]
    [InlineData(DhGroup.Modp4096)]
    public void D15_degenerate_modp_values_are_refused(DhGroup group)
    {
        var p = ModpPrime.Of(group);
        using var own = Crypto.CreateKeyExchange(group);
        var length = own.PublicValue.Length;
        foreach (var value in new[] { 0, 1, p - 1, p, p + 1, (BigInteger.One << (8 * length)) - 1 })
            Assert.False(own.TryDeriveSharedSecret(ToBytes(value, length), out _));
    }

    [Fact]
    public void D15_weak_groups_do_not_exist()
    {
        foreach (ushort group in new ushort[] { 0, 1, 2, 5, 17, 18, 22, 23, 24, 25, 26, 32 })
            Assert.False(Crypto.Supports((DhGroup)group));
    }

    private static byte[] ToBytes(BigInteger value, int length)
    {
        var bytes = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[length - bytes.Length], .. bytes];
    }
}
