using System.Buffers.Binary;
using Acp.Core.Ikev2.Crypto;
using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>Replaces a child SA, with a key exchange of its own (RFC 7296 §1.3.3; D-40, D-41), and deletes the old one.</summary>
internal sealed class RekeyChildExchange(IIkeSaHost host, ChildSa old, DhGroup group) : IkeExchange, IDisposable
{
    private readonly byte[] _nonce = host.Random.Bytes(host.Options.NonceLength);
    private readonly IKeyExchange _exchange = host.Crypto.CreateKeyExchange(group);
    private uint _spi;

    public override ExchangeType Type => ExchangeType.CreateChildSa;

    public override IReadOnlyList<IkePayload> BuildRequest(Instant now, IkeSa sa)
    {
        _spi = host.NewEspSpi();
        var oldSpi = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(oldSpi, old.InboundSpi);
        return
        [
            new NotifyPayload(ProtocolId.Esp, oldSpi, NotifyType.RekeySa, default),
            host.Proposals.EspOffer(_spi, group),
            new NoncePayload(_nonce),
            new KePayload(group, _exchange.PublicValue),
            TsPayload.Create(true, TrafficSelector.AnyIpv6),
            TsPayload.Create(false, TrafficSelector.AnyIpv6),
        ];
    }

    public override void HandleResponse(Instant now, IkeSa sa, IReadOnlyList<IkePayload> payloads)
    {
        if (!sa.Children.Contains(old) || payloads.Find<SaPayload>() is not { } answer || payloads.Find<NoncePayload>() is not { } nonce
            || payloads.Find<KePayload>() is not { } ke || ke.Group != group
            || !host.Proposals.TryAcceptEspAnswer(answer, false, group, out var suite)
            || HandshakePayloads.TsInitiator(payloads) is not { } tsi || HandshakePayloads.TsResponder(payloads) is not { } tsr
            || !HandshakePayloads.CoverEverything(tsi, tsr)
            || !_exchange.TryDeriveSharedSecret(ke.Data.Span, out var secret))
        {
            // Refused (an ErrorReceived fact says by what) or useless: the old SA goes on.
            host.ReleaseEspSpi(_spi);
            _exchange.Dispose();
            return;
        }

        using (secret)
        {
            var (fromInitiator, fromResponder) = sa.Keys!.DeriveChild(secret, _nonce, nonce.Nonce.Span);
            host.InstallChild(now, sa, suite, _spi, fromResponder, fromInitiator, true, old);
        }

        _exchange.Dispose();
        sa.Request(now, new DeleteChildExchange(old));
    }

    public override void HandleSilence(Instant now, IkeSa sa)
    {
        host.ReleaseEspSpi(_spi);
        _exchange.Dispose();
        base.HandleSilence(now, sa);
    }

    public void Dispose() => _exchange.Dispose();
}
