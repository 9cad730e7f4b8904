using System.Buffers.Binary;
using Acp.Core.Ikev2.Crypto;
using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>Replaces the IKE SA (RFC 7296 §1.3.2, §2.18; D-40): its children move to the new one, then the old one is deleted.</summary>
/// <param name="putOffSince">When the peer first answered TEMPORARY_FAILURE, if this is another try.</param>
internal sealed class RekeyIkeExchange(IkeSaHost host, DhGroup group, Instant? putOffSince = null, bool groupWasAsked = false)
    : IkeExchange
{
    private byte[] _nonce = [];
    private IKeyExchange? _exchange;
    private ulong _spi;

    public override ExchangeType Type => ExchangeType.CreateChildSa;

    public override bool IsWanted(IkeSa sa) => sa is { IsLive: true, PeerRekey: null };

    public override IReadOnlyList<IkePayload> BuildRequest(Instant now, IkeSa sa)
    {
        _nonce = host.Random.Bytes(host.Options.NonceLength);
        _exchange = host.Crypto.CreateKeyExchange(group);
        _spi = host.Sas.NewSpi();
        return [host.Proposals.IkeOffer(_spi), new NoncePayload(_nonce), new KePayload(group, _exchange.PublicValue)];
    }

    public override void HandleResponse(Instant now, IkeSa sa, IReadOnlyList<IkePayload> payloads)
    {
        using var exchange = _exchange;
        if (payloads.Find<SaPayload>() is not { } answer || payloads.Find<NoncePayload>() is not { } nonce
            || payloads.Find<KePayload>() is not { } ke || ke.Group != group
            || !host.Proposals.TryAcceptIkeAnswer(answer, group, out var suite) || answer.Proposals[0].Spi.Length != 8
            || !_exchange!.TryDeriveSharedSecret(ke.Data.Span, out var secret))
        {
            HandleRefusal(now, sa, payloads.FirstError());
            return;
        }

        using (secret)
        {
            var id = new IkeSaId(_spi, BinaryPrimitives.ReadUInt64BigEndian(answer.Proposals[0].Spi.Span));
            var keys = sa.Keys!.DeriveRekeyed(suite, secret, _nonce, nonce.Nonce.Span, id);
            var made = host.Rekeying.Add(now, sa, id, keys, true);
            HandleSuccess(now, sa, made, Nonces.Lower(_nonce, nonce.Nonce.Span));
        }
    }

    public override void Abandon() => _exchange?.Dispose();

    private void HandleSuccess(Instant now, IkeSa sa, IkeSa made, byte[] lowerNonce)
    {
        // When we are closing meanwhile, the peer has moved everything to the new one all the same, and that must end as well.
        var closing = sa.State != IkeSaState.Established;
        if (sa.PeerRekey is not { } rival)
        {
            host.Rekeying.Inherit(now, sa, made);
            host.BeginDelete(now, sa);
            if (closing)
                sa.CloseAfterwards(made);
            return;
        }

        // RFC 7296 §2.8.2: of two new IKE SAs the one with the lowest nonce is deleted by its creator, the other inherits
        // the children, and its creator deletes the old one.
        var won = Nonces.OursStays(lowerNonce, rival.LowerNonce);
        host.Facts.Add(new Ikev2Fact.RekeyCollision(sa.Id, sa.Path.Link, sa.Path.Remote, true, won));
        if (won)
        {
            host.Rekeying.Inherit(now, sa, made);
            rival.Made.DropAt = now + host.Options.ReplacedGrace;
            host.BeginDelete(now, sa);
            if (closing)
                sa.CloseAfterwards(made);
            return;
        }

        host.BeginDelete(now, made);
        TakePeerRekey(now, sa, rival, closing);
    }

    private void TakePeerRekey(Instant now, IkeSa sa, PeerRekey rival, bool closing)
    {
        host.Rekeying.TakePeers(now, sa);
        if (!closing)
            return;
        // Our DELETE of the old one was waiting for its turn, and is not handed over.
        host.BeginDelete(now, sa);
        if (rival.Made.State == IkeSaState.Established)
            host.BeginDelete(now, rival.Made);
    }

    private void HandleRefusal(Instant now, IkeSa sa, NotifyPayload? error)
    {
        if (sa.PeerRekey is { } rival)
        {
            // The peer finished its own rekeying before it saw ours (RFC 7296 §2.25.2).
            TakePeerRekey(now, sa, rival, sa.State != IkeSaState.Established);
            return;
        }

        if (sa.State != IkeSaState.Established)
            return;
        if (!IsWanted(sa))
            return;
        var options = host.Options;
        if (error is { Notify: NotifyType.InvalidKePayload, Data.Length: 2 } && !groupWasAsked
            && (DhGroup)BinaryPrimitives.ReadUInt16BigEndian(error.Data.Span) is var asked && asked != group && host.Proposals.Offers(asked))
        {
            sa.Request(now, new RekeyIkeExchange(host, asked, putOffSince, true));
            return;
        }

        var temporary = error?.Notify == NotifyType.TemporaryFailure;
        var since = temporary ? putOffSince ?? now : (Instant?)null;
        if (since is { } first && now - first >= options.TemporaryFailureLimit)
        {
            host.Exhausted(now, sa);
            return;
        }

        var wait = temporary ? options.TemporaryFailureRetry : options.RekeyRetry;
        sa.RequestLater(now + wait + host.Random.NextSpan(wait / 2), new RekeyIkeExchange(host, group, since));
    }
}
