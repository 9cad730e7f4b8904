using System.Security.Cryptography;
using Acp.Core;
using Acp.Tests.Grasp;
using Acp.Wire;
using Acp.Wire.Cose;

namespace Acp.Tests.Cose;

/// <summary>COSE_Sign1 with a detached payload, against RFC 8152's own example and every way to bend one.</summary>
public class CoseSign1Tests
{
    private static readonly byte[] Signature = new byte[64];

    private static readonly CoseSign1 Full = CoseSign1.Create(new CoseHeader
    {
        Algorithm = (long)CoseAlgorithm.ES256,
        KeyId = new byte[] { 1, 2, 3 },
        IssuedAt = 1_900_000_000,
        ExpiresAt = 1_900_000_210,
        CertificateChain = [new byte[] { 0x30, 0 }, new byte[] { 0x30, 1, 0 }],
    }) with
    { Signature = Signature };

    /// <summary>RFC 8152 Appendix C.2.1, with the payload taken out of it; the key is that of Appendix C.7.1.</summary>
    [Fact]
    public void O04_the_example_of_RFC_8152_verifies()
    {
        var encoded = Convert.FromHexString("d28443a10126a10442313" + "1f6" + "5840"
            + "8eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4d25a91aef0b0117e2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36");
        Assert.True(CoseSign1.TryDecode(encoded, out var message, out var refusal), refusal.ToString());
        Assert.Equal((long)CoseAlgorithm.ES256, message.Header.Algorithm);
        Assert.Equal<ByteString?>("11"u8.ToArray(), message.KeyId);
        var signed = message.ToBeSigned("This is the content."u8);
        Assert.Equal("846a5369676e61747572653143a101264054546869732069732074686520636f6e74656e742e", Convert.ToHexStringLower(signed));
        using var key = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint
            {
                X = Convert.FromHexString("bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff"),
                Y = Convert.FromHexString("20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e"),
            },
        });
        Assert.True(key.VerifyData(signed, message.Signature.Span, HashAlgorithmName.SHA256));
        Assert.False(key.VerifyData(message.ToBeSigned("This is the content!"u8), message.Signature.Span, HashAlgorithmName.SHA256));
        Assert.Equal(encoded, message.Encode());
    }

    [Fact]
    public void O06_what_is_written_is_read_again_tagged_or_not()
    {
        var encoded = Full.Encode();
        Assert.Equal(0xd2, encoded[0]); // tag 18
        foreach (var form in new[] { encoded, encoded[1..] })
        {
            Assert.True(CoseSign1.TryDecode(form, out var read, out _));
            Assert.Equal(Full, read);
        }
        // Deterministic: keys in order, definite lengths, shortest integers.
        Assert.Equal("a4" + "0126" + "0443010203" + "0fa2041a713fb3d2061a713fb300" + "18218242300043300100", Convert.ToHexStringLower(Full.Protected.Span));
    }

    [Fact]
    public void Every_prefix_is_refused_and_so_is_what_follows()
    {
        var encoded = Full.Encode();
        for (var length = 0; length < encoded.Length; length++)
        {
            Assert.False(CoseSign1.TryDecode(encoded.AsSpan(0, length), out _, out var refusal));
            Assert.NotEqual(CoseRefusal.None, refusal);
        }
        Assert.False(CoseSign1.TryDecode([.. encoded, 0], out _, out _));
    }

    [Fact]
    public void Mutations_never_throw_and_what_decodes_encodes_again()
    {
        var random = new SeededRandom(8152);
        var original = Full.Encode();
        var accepted = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = original.ToArray();
            for (var hits = 1 + random.Next(3); hits > 0; hits--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (!CoseSign1.TryDecode(bytes, out var message, out var refusal))
            {
                Assert.NotEqual(CoseRefusal.None, refusal);
                continue;
            }
            accepted++;
            Assert.True(CoseSign1.TryDecode(message.Encode(), out var again, out _));
            Assert.Equal(message.Protected, again.Protected);
            _ = message.ToString();
        }
        Assert.InRange(accepted, 1000, 20_000);
    }

    public static TheoryData<CoseRefusal, object?> Bent => new()
    {
        { CoseRefusal.NotSign1, new object?[] { Hex("a10126"), Raw("a0"), null } },
        { CoseRefusal.NotSign1, new object?[] { Hex("a10126"), Raw("a0"), null, Signature, 1 } },
        { CoseRefusal.NotSign1, new object?[] { Hex("a10126"), Raw("a0"), null, "text" } },
        { CoseRefusal.NotSign1, new object?[] { 1, Raw("a0"), null, Signature } },
        { CoseRefusal.NotSign1, 5 },
        { CoseRefusal.PayloadNotDetached, new object?[] { Hex("a10126"), Raw("a0"), new byte[] { 1 }, Signature } },
        { CoseRefusal.NoAlgorithm, new object?[] { Array.Empty<byte>(), Raw("a0"), null, Signature } },
        { CoseRefusal.NoAlgorithm, new object?[] { Array.Empty<byte>(), Raw("a10126"), null, Signature } }, // nobody vouches for it
        { CoseRefusal.BadHeader, new object?[] { Hex("80"), Raw("a0"), null, Signature } },
        { CoseRefusal.BadHeader, new object?[] { Hex("a10126ff"), Raw("a0"), null, Signature } },
        { CoseRefusal.BadHeader, new object?[] { Hex("a201260126"), Raw("a0"), null, Signature } }, // alg twice
        { CoseRefusal.BadHeader, new object?[] { Hex("a2012604417f"), Raw("a104417f"), null, Signature } }, // kid in both
        { CoseRefusal.BadHeader, new object?[] { Hex("a101f5"), Raw("a0"), null, Signature } },
        { CoseRefusal.BadHeader, new object?[] { Hex("a201260fa10420"), Raw("a0"), null, Signature } }, // exp before 1970
        { CoseRefusal.BadHeader, new object?[] { Hex("a20126182180"), Raw("a0"), null, Signature } }, // x5chain without any
        { CoseRefusal.UnknownCritical, new object?[] { Hex("a3012602811863186301"), Raw("a0"), null, Signature } },
        { CoseRefusal.UnknownCritical, new object?[] { Hex("a201260281617a"), Raw("a0"), null, Signature } },
        { CoseRefusal.BadCbor, Raw("d28443a1") },
        { CoseRefusal.NotSign1, Raw("d8628443a10126a0f640") }, // COSE_Sign's tag
    };

    [Theory]
    [MemberData(nameof(Bent))]
    public void O04_what_is_no_COSE_Sign1_with_a_detached_payload_is_refused_by_reason(CoseRefusal expected, object? value)
    {
        Assert.False(CoseSign1.TryDecode(value is Cbor.Raw raw ? raw.Bytes : Cbor.Encode(value), out var message, out var refusal));
        Assert.Null(message);
        Assert.Equal(expected, refusal);
    }

    [Fact]
    public void Labels_of_others_are_passed_over()
    {
        // 99: {…}, "x": 1, and claims that nobody here asks for
        var header = Hex("a4" + "0126" + "1863a10102" + "617801" + "0fa301616105fb3ff000000000000006" + "1a713fb300");
        Assert.True(CoseSign1.TryDecode(Cbor.Encode(new object?[] { header, Raw("a0"), null, Signature }), out var message, out var refusal), refusal.ToString());
        Assert.Equal(1_900_000_000, message.Header.IssuedAt);
        Assert.Null(message.Header.ExpiresAt);
    }

    private static byte[] Hex(string hex) => Convert.FromHexString(hex);

    private static Cbor.Raw Raw(string hex) => Cbor.Hex(hex);
}
