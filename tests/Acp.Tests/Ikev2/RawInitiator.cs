using System.Buffers.Binary;
using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Core.Ikev2.Crypto;
using Acp.Linux.Crypto;
using Acp.Wire;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>A peer without a machine: it says to B whatever a test wants, properly protected, as from A's address.</summary>
internal sealed class RawInitiator : IDisposable
{
    private const ulong Spi = 0x0a0b0c0d0e0f1011;
    private readonly IkeWorld _world;
    private readonly PlatformIkeCrypto _crypto = new();
    private readonly KeyMaterial _keys;
    private readonly IIkeCipher _out;
    private readonly IIkeCipher _in;
    private readonly byte[] _initRequest;
    private readonly IkeMessage _initResponse;
    private readonly byte[] _nonce = new SeededRandom(7).Bytes(32);
    private ulong _iv;
    private byte[] _last = [];
    private uint _toAnswer;

    /// <param name="fragmentation">Announce IKE fragmentation.</param>
    /// <param name="on">The path as B sees it; from A's link-local address on the first link if not given.</param>
    /// <param name="behindNat">NAT_DETECTION_SOURCE_IP says another address than the one that B sees.</param>
    public RawInitiator(IkeWorld world, bool fragmentation = false, IkePath? on = null, bool behindNat = false)
    {
        _world = world;
        On = on ?? new IkePath(IkeWorld.Link1, world.B.LinkLocal, 500, world.A.LinkLocal, 500);
        using var exchange = _crypto.CreateKeyExchange(DhGroup.Ecp256);
        _initRequest = IkeMessage.Encode(IkeHeader.Create(Spi, 0, ExchangeType.IkeSaInit, IkeFlags.Initiator, 0),
        [
            new ProposalSelector(new Ikev2Options(), _crypto).IkeOffer(),
            new KePayload(DhGroup.Ecp256, exchange.PublicValue.ToArray()),
            new NoncePayload(_nonce),
            new NotifyPayload(NotifyType.SignatureHashAlgorithms, new byte[] { 0, 2 }),
            .. on is null ? Array.Empty<IkePayload>() :
            [
                new NotifyPayload(NotifyType.NatDetectionSourceIp,
                    NatDetection.Hash(new IkeSaId(Spi, 0), On.Remote, behindNat ? (ushort)1 : On.RemotePort)),
                new NotifyPayload(NotifyType.NatDetectionDestinationIp, NatDetection.Hash(new IkeSaId(Spi, 0), On.Local, On.LocalPort)),
            ],
            .. fragmentation ? [new NotifyPayload(NotifyType.FragmentationSupported)] : Array.Empty<IkePayload>(),
        ]);
        world.Network = (_, _, _) => [];
        Deliver(_initRequest);
        Assert.True(IkeMessage.TryDecode(world.Sent[^1].Datagram.Datagram.Span, out _initResponse!, out _));
        Assert.True(exchange.TryDeriveSharedSecret(_initResponse.Find<KePayload>()!.Data.Span, out var secret));
        var suite = new IkeSuite(EncryptionAlgorithm.AesGcm16, 256, IntegrityAlgorithm.None, PrfAlgorithm.HmacSha2_256, DhGroup.Ecp256);
        var id = new IkeSaId(Spi, _initResponse.Header.ResponderSpi);
        _keys = KeyMaterial.Derive(_crypto, suite, secret, _nonce, PeerNonce.Span, id);
        secret.Dispose();
        _out = _crypto.CreateCipher(suite.Encryption, 256, suite.Integrity, _keys.SkEi.Span, []);
        _in = _crypto.CreateCipher(suite.Encryption, 256, suite.Integrity, _keys.SkEr.Span, []);
    }

    /// <summary>Where the next messages come from, as B sees it.</summary>
    public IkePath On { get; set; }

    /// <summary>A good IKE_AUTH request, for tests to spoil.</summary>
    public List<IkePayload> Auth()
    {
        var id = IdPayload.FromAddress(true, _world.A.Authenticator.Address);
        var octets = _keys.SignedOctets(true, _initRequest, PeerNonce.Span, id.Body.Span);
        return
        [
            id,
            new CertPayload(CertificateEncoding.X509Signature, _world.A.Authenticator.Certificate),
            new CertPayload(CertificateEncoding.X509Signature, TestAuthenticator.TrustAnchor),
            new AuthPayload(AuthMethod.DigitalSignature,
                new SignatureAuthData(TestAuthenticator.AlgorithmIdentifier, _world.A.Authenticator.Sign(octets)).Encode()),
            Esp(3, new Transform(TransformType.Encryption, 20, 256)),
            TsPayload.Create(true, TrafficSelector.AnyIpv6),
            TsPayload.Create(false, TrafficSelector.AnyIpv6),
        ];
    }

    /// <summary>An IKE_AUTH request with an identity of the test's own choice, ECDSA with SHA-256.</summary>
    public List<IkePayload> AuthAs(Ipv6Address address, IReadOnlyList<ReadOnlyMemory<byte>> certificates, Func<byte[], byte[]> sign)
    {
        var id = IdPayload.FromAddress(true, address);
        var octets = _keys.SignedOctets(true, _initRequest, PeerNonce.Span, id.Body.Span);
        return
        [
            id,
            .. certificates.Select(c => new CertPayload(CertificateEncoding.X509Signature, c)),
            new AuthPayload(AuthMethod.DigitalSignature, new SignatureAuthData(TestAuthenticator.AlgorithmIdentifier, sign(octets)).Encode()),
            Esp(3, new Transform(TransformType.Encryption, 20, 256)),
            TsPayload.Create(true, TrafficSelector.AnyIpv6),
            TsPayload.Create(false, TrafficSelector.AnyIpv6),
        ];
    }

    public static SaPayload Esp(byte protocol, Transform encryption)
    {
        var spi = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(spi, 0xabcdef01);
        return new SaPayload([new Proposal(1, (ProtocolId)protocol, spi,
            [encryption, new Transform(TransformType.ExtendedSequenceNumbers, 0)])]);
    }

    /// <summary>Sends payloads and gives those of the answer; null when there is none.</summary>
    public IReadOnlyList<IkePayload>? Ask(ExchangeType exchange, uint messageId, params IReadOnlyList<IkePayload> payloads) =>
        AskRaw(exchange, messageId, payloads.Count == 0 ? PayloadType.None : payloads[0].Type, IkePayloadCodec.EncodeInner(payloads));

    public IReadOnlyList<IkePayload>? AskRaw(ExchangeType exchange, uint messageId, PayloadType first, byte[] inner)
    {
        var before = _world.Sent.Count;
        return Send(Protect(exchange, messageId, IkeFlags.Initiator, first, inner), exchange, messageId, before);
    }

    /// <summary>Sends the last message again, from where <see cref="On"/> says now; gives the first datagram that comes back.</summary>
    public Ikev2Action.SendDatagram? Repeat()
    {
        var before = _world.Sent.Count;
        Deliver(_last);
        _world.Run(0.01);
        return _world.Sent.Count == before ? null : _world.Sent[before].Datagram;
    }

    private IReadOnlyList<IkePayload>? Send(byte[] message, ExchangeType exchange, uint messageId, int before)
    {
        Deliver(message);
        // The answers to the questions take their millisecond.
        _world.Run(0.01);
        foreach (var (_, sent) in _world.Sent.Skip(before))
        {
            var answer = sent.Datagram.ToArray();
            if (On.HasMarker(new Ikev2Options()))
            {
                Assert.True(NonEspMarker.IsAt(answer));
                answer = answer[NonEspMarker.Size..];
            }

            Assert.True(IkeMessage.TryDecode(answer, out var decoded, out _));
            // B may have something to say on another SA as well.
            if (!decoded.Header.IsResponse || decoded.Header.InitiatorSpi != Spi)
                continue;
            Assert.Equal((On.Link, On.Local, On.LocalPort, On.Remote, On.RemotePort), (sent.Link, sent.Local, sent.LocalPort, sent.Remote, sent.RemotePort));
            Assert.Equal(messageId, decoded.Header.MessageId);
            Assert.Equal(exchange, decoded.Header.Exchange);
            return Open(answer, decoded);
        }

        return null;
    }

    /// <summary>B's own request that waits for its answer; null when there is none.</summary>
    public (ExchangeType Exchange, IReadOnlyList<IkePayload> Payloads)? Next()
    {
        foreach (var (_, sent) in _world.Sent.Where(s => s.From == _world.B).Reverse())
        {
            var bytes = sent.Datagram.ToArray();
            Assert.True(IkeMessage.TryDecode(bytes, out var message, out _));
            if (!message.Header.IsResponse && message.Header.MessageId == _toAnswer && message.Header.InitiatorSpi == Spi)
                return (message.Header.Exchange, Open(bytes, message));
        }

        return null;
    }

    /// <summary>Answers it.</summary>
    public void Reply(ExchangeType exchange, params IReadOnlyList<IkePayload> payloads)
    {
        Deliver(Protect(exchange, _toAnswer++, IkeFlags.Initiator | IkeFlags.Response,
            payloads.Count == 0 ? PayloadType.None : payloads[0].Type, IkePayloadCodec.EncodeInner(payloads)));
        _world.Run(0.01);
    }

    /// <summary>Sends one fragment (RFC 7383 §2.5); gives the number of datagrams that came back.</summary>
    /// <param name="spoil">Changes the protected datagram.</param>
    public int Fragment(ExchangeType exchange, uint messageId, ushort number, ushort total, PayloadType first, ReadOnlySpan<byte> part,
        Action<byte[]>? spoil = null)
    {
        var before = _world.Sent.Count;
        byte[] body = [.. new byte[8], .. part, 0, .. new byte[16]];
        BinaryPrimitives.WriteUInt64BigEndian(body, ++_iv);
        var message = IkeMessage.Encode(
            IkeHeader.Create(Spi, _initResponse.Header.ResponderSpi, exchange, IkeFlags.Initiator, messageId),
            [new EncryptedFragmentPayload(first, number, total, body, 36)]);
        _out.Seal(message, 36);
        spoil?.Invoke(message);
        Deliver(message);
        _world.Run(0.01);
        return _world.Sent.Count - before;
    }

    public void Dispose()
    {
        _keys.Dispose();
        _out.Dispose();
        _in.Dispose();
    }

    private ReadOnlyMemory<byte> PeerNonce => _initResponse.Find<NoncePayload>()!.Nonce;

    private byte[] Protect(ExchangeType exchange, uint messageId, IkeFlags flags, PayloadType first, byte[] inner)
    {
        byte[] body = [.. new byte[8], .. inner, 0, .. new byte[16]];
        BinaryPrimitives.WriteUInt64BigEndian(body, ++_iv);
        var message = IkeMessage.Encode(
            IkeHeader.Create(Spi, _initResponse.Header.ResponderSpi, exchange, flags, messageId), [new EncryptedPayload(first, body, 32)]);
        _out.Seal(message, 32);
        return message;
    }

    private IReadOnlyList<IkePayload> Open(byte[] bytes, IkeMessage message)
    {
        Assert.True(_in.TryOpen(bytes, 32));
        var plain = bytes.AsMemory(40, bytes.Length - 40 - 16);
        Assert.True(IkePayloadCodec.TryDecodeInner(message.Find<EncryptedPayload>()!.FirstInner,
            plain[..^(1 + plain.Span[^1])], out var result, out _));
        return result;
    }

    private void Deliver(byte[] message)
    {
        _last = message;
        var datagram = On.HasMarker(new Ikev2Options()) ? NonEspMarker.Put(message) : message;
        _world.B.Machine.HandleDatagram(_world.Now, On.Link, On.Local, On.LocalPort, On.Remote, On.RemotePort, datagram);
        _world.B.Perform();
    }
}
