using Acp.Core;
using Acp.Wire;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>The IKEv2 codec: vectors both ways, every truncation, mutations (D-03, D-49).</summary>
public class IkeMessageTests
{
    public static TheoryData<byte[]> Messages => [IkeVectors.Init, IkeVectors.Encrypted, IkeVectors.Fragment];

    [Theory]
    [MemberData(nameof(Messages))]
    public void D03_vectors_round_trip(byte[] vector)
    {
        Assert.True(IkeMessage.TryDecode(vector, out var message, out var refusal), refusal.ToString());
        Assert.Equal(IkeRefusal.None, refusal);
        Assert.Equal(Convert.ToHexString(vector), Convert.ToHexString(IkeMessage.Encode(message.Header, message.Payloads)));
    }

    [Fact]
    public void D05_init_says_what_it_says()
    {
        Assert.True(IkeMessage.TryDecode(IkeVectors.Init, out var message, out _));
        Assert.Equal(0x1112131415161718u, message.Header.InitiatorSpi);
        Assert.Equal(0u, message.Header.ResponderSpi);
        Assert.True(message.Header.FromInitiator);
        Assert.False(message.Header.IsResponse);
        var proposals = message.Find<SaPayload>()!.Proposals;
        Assert.Equal([1, 2], proposals.Select(p => (int)p.Number));
        Assert.Equal((ushort)256, proposals[0].Transforms[0].KeyBits);
        Assert.Equal(TransformType.Integrity, proposals[1].Transforms[2].Type);
        Assert.Equal(DhGroup.Ecp256, message.Find<KePayload>()!.Group);
        Assert.Equal(63, message.Find<KePayload>()!.Data.Span[63]);
        Assert.Equal(32, message.Find<NoncePayload>()!.Nonce.Length);
        Assert.Equal([NotifyType.NatDetectionSourceIp, NotifyType.SignatureHashAlgorithms],
            message.Payloads.OfType<NotifyPayload>().Select(n => n.Notify));
    }

    [Fact]
    public void D27_D30_D33_D36_inner_payloads_say_what_they_say()
    {
        Assert.True(IkePayloadCodec.TryDecodeInner(PayloadType.IdInitiator, IkeVectors.Inner, out var payloads, out var refusal), refusal.ToString());
        Assert.Equal(13, payloads.Count);
        var id = Assert.IsType<IdPayload>(payloads[0]);
        Assert.Equal(IdType.Ipv6Address, id.IdType);
        Assert.Equal(Ipv6Address.Parse("fd89:b714:f3db:0:200:0:6400:9"), Ipv6Address.Read(id.Data.Span));
        Assert.Equal("ca certificate"u8.ToArray(), Assert.IsType<CertPayload>(payloads[2]).Data.ToArray());
        Assert.Equal(2 * CertReqPayload.HashSize, Assert.IsType<CertReqPayload>(payloads[3]).Authorities.Length);
        var auth = Assert.IsType<AuthPayload>(payloads[4]);
        Assert.Equal(AuthMethod.DigitalSignature, auth.Method);
        Assert.True(SignatureAuthData.TryDecode(auth.Data, out var data));
        Assert.Equal(TestAuthenticator.AlgorithmIdentifier, data.AlgorithmIdentifier.ToArray());
        Assert.Equal("signature"u8.ToArray(), data.Signature.ToArray());
        Assert.Equal(auth.Data.ToArray(), data.Encode());
        var esp = Assert.Single(Assert.IsType<SaPayload>(payloads[5]).Proposals);
        Assert.Equal(ProtocolId.Esp, esp.Protocol);
        Assert.Equal([0xc0, 0xff, 0xee, 0x01], esp.Spi.ToArray());
        Assert.Equal(TrafficSelector.AnyIpv6, Assert.Single(Assert.IsType<TsPayload>(payloads[6]).Selectors));
        Assert.Equal([0x1001u, 0x1002u], Assert.IsType<DeletePayload>(payloads[9]).Spis);
        Assert.Equal(ProtocolId.Ike, Assert.IsType<DeletePayload>(payloads[10]).Protocol);
        Assert.Equal(PayloadType.Eap, Assert.IsType<OpaquePayload>(payloads[11]).Type);
        Assert.Equal(Convert.ToHexString(IkeVectors.Inner), Convert.ToHexString(IkePayloadCodec.EncodeInner(payloads)));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Every_truncation_is_refused(byte[] vector)
    {
        for (var length = 0; length < vector.Length; length++)
        {
            Assert.False(IkeMessage.TryDecode(vector.AsSpan(0, length), out _, out var refusal));
            Assert.NotEqual(IkeRefusal.None, refusal);
            if (length < IkeHeader.Size)
                continue;
            // The same with a header that admits to the length.
            var cut = vector[..length];
            IkeHeader.TryRead(cut, out var header);
            (header with { Length = (uint)length }).Write(cut);
            var taken = IkeMessage.TryDecode(cut, out var message, out refusal);
            Assert.True(!taken && refusal != IkeRefusal.None, $"{length} octets: {message}");
        }
    }

    [Fact]
    public void Every_truncation_of_inner_payloads_is_refused()
    {
        for (var length = 0; length < IkeVectors.Inner.Length; length++)
        {
            Assert.False(IkePayloadCodec.TryDecodeInner(PayloadType.IdInitiator, IkeVectors.Inner.AsMemory(0, length), out _, out var refusal));
            Assert.NotEqual(IkeRefusal.None, refusal);
        }
    }

    [Fact]
    public void Mutations_never_throw_and_what_is_taken_can_be_encoded()
    {
        var random = new SeededRandom(20);
        for (var round = 0; round < 40_000; round++)
        {
            var inner = round % 2 == 0;
            var bytes = (inner ? IkeVectors.Inner : IkeVectors.Init).ToArray();
            for (var i = 0; i <= random.Next(4); i++)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (inner)
            {
                if (IkePayloadCodec.TryDecodeInner(PayloadType.IdInitiator, bytes, out var payloads, out _)
                    && payloads.All(p => p is not TsPayload))
                    Assert.Equal(bytes.Length, IkePayloadCodec.EncodeInner(payloads).Length);
            }
            else if (IkeMessage.TryDecode(bytes, out var message, out _))
            {
                Assert.Equal(bytes.Length, IkeMessage.Encode(message.Header, message.Payloads).Length);
            }
        }
    }

    [Theory]
    [InlineData(15, false)]
    [InlineData(16, true)]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void D10_nonce_lengths(int length, bool good)
    {
        var bytes = IkeMessage.Encode(IkeHeader.Create(1, 0, ExchangeType.IkeSaInit, IkeFlags.Initiator, 0), [new NoncePayload(new byte[length])]);
        Assert.Equal(good, IkeMessage.TryDecode(bytes, out _, out var refusal));
        Assert.Equal(good ? IkeRefusal.None : IkeRefusal.Nonce, refusal);
    }

    [Fact]
    public void D49_bounds()
    {
        var header = IkeHeader.Create(1, 0, ExchangeType.IkeSaInit, IkeFlags.Initiator, 0);
        var filler = new VendorIdPayload(new byte[IkeMessage.MaxLength - IkeHeader.Size - 4]);
        Assert.True(IkeMessage.TryDecode(IkeMessage.Encode(header, [filler]), out _, out _));
        var tooLong = IkeMessage.Encode(header, [filler, new VendorIdPayload(default)]);
        Assert.False(IkeMessage.TryDecode(tooLong, out _, out var refusal));
        Assert.Equal(IkeRefusal.TooLong, refusal);
        var many = Enumerable.Repeat<IkePayload>(new VendorIdPayload(default), IkeMessage.MaxPayloads + 1).ToList();
        Assert.False(IkeMessage.TryDecode(IkeMessage.Encode(header, many), out _, out refusal));
        Assert.Equal(IkeRefusal.TooManyPayloads, refusal);
        Assert.True(IkeMessage.TryDecode(IkeMessage.Encode(header, many[1..]), out _, out _));
    }

    [Fact]
    public void D03_reserved_bits_are_ignored()
    {
        var bytes = IkeVectors.Init.ToArray();
        bytes[19] |= 0xc7;
        bytes[29] |= 0x7f;
        Assert.True(IkeMessage.TryDecode(bytes, out var message, out _));
        Assert.Equal(IkeFlags.Initiator, message.Header.Flags);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00aabb")]
    [InlineData("03aabbcc")]
    [InlineData("ff3000")]
    public void D21_malformed_auth_data(string hex) =>
        Assert.False(SignatureAuthData.TryDecode(Convert.FromHexString(hex), out _));
}
