using System.Buffers.Binary;
using Acp.Core.Ikev2.Crypto;
using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>Replaces the IKE SA (RFC 7296 §1.3.2, §2.18; D-40): its children move to the new one, then the old one is deleted.</summary>
internal sealed class RekeyIkeExchange(IIkeSaHost host, DhGroup group) : IkeExchange, IDisposable
{
    private readonly byte[] _nonce = host.Random.Bytes(host.Options.NonceLength);
    private readonly IKeyExchange _exchange = host.Crypto.CreateKeyExchange(group);
    private readonly ulong _spi = host.NewIkeSpi();

    public override ExchangeType Type => ExchangeType.CreateChildSa;

    public override IReadOnlyList<IkePayload> BuildRequest(Instant now, IkeSa sa) =>
        [host.Proposals.IkeOffer(_spi), new NoncePayload(_nonce), new KePayload(group, _exchange.PublicValue)];

    public override void HandleResponse(Instant now, IkeSa sa, IReadOnlyList<IkePayload> payloads)
    {
        using (_exchange)
        {
            if (payloads.Find<SaPayload>() is not { } answer || payloads.Find<NoncePayload>() is not { } nonce
                || payloads.Find<KePayload>() is not { } ke || ke.Group != group
                || !host.Proposals.TryAcceptIkeAnswer(answer, group, out var suite) || answer.Proposals[0].Spi.Length != 8
                || !_exchange.TryDeriveSharedSecret(ke.Data.Span, out var secret))
                return;
            using (secret)
            {
                var id = new IkeSaId(_spi, BinaryPrimitives.ReadUInt64BigEndian(answer.Proposals[0].Spi.Span));
                host.ReplaceByRekey(now, sa, id, sa.Keys!.DeriveRekeyed(suite, secret, _nonce, nonce.Nonce.Span, id), true);
            }
        }

        host.BeginDelete(now, sa);
    }

    public override void HandleSilence(Instant now, IkeSa sa)
    {
        _exchange.Dispose();
        base.HandleSilence(now, sa);
    }

    public void Dispose() => _exchange.Dispose();
}
