using System.Buffers.Binary;
using Acp.Core.Ikev2.Crypto;
using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>
/// Replaces a child SA, with a key exchange of its own (RFC 7296 §1.3.3; D-40, D-41), and deletes the old one; or makes one
/// where the peer has none any more (§1.3.1; D-43).
/// </summary>
/// <param name="old">Null to make one without replacing any.</param>
/// <param name="putOffSince">When the peer first answered TEMPORARY_FAILURE, if this is another try.</param>
internal sealed class RekeyChildExchange(IkeSaHost host, ChildSa? old, DhGroup group, Instant? putOffSince = null,
    bool groupWasAsked = false) : IkeExchange
{
    private readonly HashSet<uint> _deletedByPeer = [];
    private byte[] _nonce = [];
    private IKeyExchange? _exchange;
    private uint _spi;

    public override ExchangeType Type => ExchangeType.CreateChildSa;

    public override bool ConcernsChild => true;

    /// <summary>What it replaces.</summary>
    public ChildSa? Old => old;

    public override bool IsWanted(IkeSa sa) =>
        sa.State == IkeSaState.Established
        && (old is null ? !sa.Children.Exists(c => c.IsUsable) : old is { IsUsable: true, IsReplaced: false } && old.Owner == sa);

    public override IReadOnlyList<IkePayload> BuildRequest(Instant now, IkeSa sa)
    {
        _spi = host.NewEspSpi();
        _nonce = host.Random.Bytes(host.Options.NonceLength);
        _exchange = host.Crypto.CreateKeyExchange(group);
        List<IkePayload> payloads =
        [
            host.Proposals.EspOffer(_spi, group),
            new NoncePayload(_nonce),
            new KePayload(group, _exchange.PublicValue),
            TsPayload.Create(true, TrafficSelector.AnyIpv6),
            TsPayload.Create(false, TrafficSelector.AnyIpv6),
        ];
        if (old is not null)
        {
            var oldSpi = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(oldSpi, old.InboundSpi);
            payloads.Insert(0, new NotifyPayload(ProtocolId.Esp, oldSpi, NotifyType.RekeySa, default));
        }

        return payloads;
    }

    /// <summary>The peer deletes a child SA that we do not know: perhaps the one whose birth its lost answer would have told.</summary>
    public void NotePeerDeletes(IEnumerable<uint> spis)
    {
        // A peer has reason to delete one of them; more is nonsense that need not be kept.
        foreach (var spi in spis.Take(8 - _deletedByPeer.Count))
            _deletedByPeer.Add(spi);
    }

    public override void HandleResponse(Instant now, IkeSa sa, IReadOnlyList<IkePayload> payloads)
    {
        if (sa.State != IkeSaState.Established)
        {
            Abandon();
            return;
        }

        if (payloads.Find<SaPayload>() is { } answer && payloads.Find<NoncePayload>() is { } nonce
            && payloads.Find<KePayload>() is { } ke && ke.Group == group
            && host.Proposals.TryAcceptEspAnswer(answer, false, group, out var suite)
            && HandshakePayloads.TsInitiator(payloads) is { } tsi && HandshakePayloads.TsResponder(payloads) is { } tsr
            && HandshakePayloads.CoverEverything(tsi, tsr) && !_deletedByPeer.Contains(suite.PeerSpi)
            && _exchange!.TryDeriveSharedSecret(ke.Data.Span, out var secret))
        {
            using (secret)
                HandleSuccess(now, sa, suite, nonce.Nonce, secret);
            _exchange.Dispose();
            return;
        }

        var spi = _spi;
        Abandon();
        if (payloads.FirstError() is { } error)
        {
            HandleRefusal(now, sa, error);
            return;
        }

        // The peer made something that we cannot use (or deleted it again): the old one goes on.
        sa.Request(now, new DeleteChildExchange(spi, null));
        TryLater(now, sa, host.Options.RekeyRetry, null);
    }

    public override void Abandon()
    {
        if (old is not null)
            old.IsRekeying = false;
        if (_spi != 0)
            host.ReleaseEspSpi(_spi);
        _spi = 0;
        _exchange?.Dispose();
    }

    private void HandleSuccess(Instant now, IkeSa sa, EspSuite suite, ReadOnlyMemory<byte> peerNonce, SecretBytes secret)
    {
        var (fromInitiator, fromResponder) = sa.Keys!.DeriveChild(secret, _nonce, peerNonce.Span);
        var won = true;
        if (old?.PeerRekey is { } rival)
        {
            // RFC 7296 §2.8.1: the one with the lowest of four nonces is closed by whoever began it.
            won = Nonces.OursStays(Nonces.Lower(_nonce, peerNonce.Span), rival.LowerNonce);
            host.Facts.Add(new Ikev2Fact.RekeyCollision(sa.Id, sa.Path.Link, sa.Path.Remote, false, won));
            if (won)
            {
                rival.Made.IsRedundant = true;
                rival.Made.RetireAt = now + host.Options.ReplacedGrace;
            }
        }

        var made = host.ChildSas.Install(now, sa, suite, _spi, fromResponder, fromInitiator, true, old, !won);
        if (old is not null)
            old.IsRekeying = false;
        if (!won)
        {
            host.ChildSas.Delete(now, made);
        }
        else if (old is { IsGone: false })
        {
            old.Successor = made;
            old.PeerRekey = null;
            host.ChildSas.Delete(now, old);
        }
    }

    private void HandleRefusal(Instant now, IkeSa sa, NotifyPayload error)
    {
        // Whoever replaced or deleted the old one meanwhile has the say.
        var wanted = IsWanted(sa);
        switch (error.Notify)
        {
            case NotifyType.TemporaryFailure when wanted:
                TryLater(now, sa, host.Options.TemporaryFailureRetry, putOffSince ?? now);
                break;
            case NotifyType.ChildSaNotFound when wanted && old is not null:
                // RFC 7296 §2.25: the peer has lost it; drop it and make another.
                host.ChildSas.Remove(now, old);
                sa.Request(now, new RekeyChildExchange(host, null, group));
                return;
            case NotifyType.InvalidKePayload when wanted && error.Data.Length == 2 && !groupWasAsked:
                var asked = (DhGroup)BinaryPrimitives.ReadUInt16BigEndian(error.Data.Span);
                if (asked != group && host.Proposals.Offers(asked))
                {
                    MarkRekeying();
                    sa.Request(now, new RekeyChildExchange(host, old, asked, putOffSince, true));
                }
                else
                {
                    TryLater(now, sa, host.Options.RekeyRetry, null);
                }

                break;
            default:
                if (old is not null && wanted)
                    TryLater(now, sa, host.Options.RekeyRetry, null);
                break;
        }

        if (sa.Channel is { } channel && !channel.HasUsableChild && (old is not null || error.Notify != NotifyType.TemporaryFailure))
            host.LostLastChild(now, sa);
    }

    private void TryLater(Instant now, IkeSa sa, TimeSpan wait, Instant? since)
    {
        if (since is { } first && now - first >= host.Options.TemporaryFailureLimit)
        {
            host.Exhausted(now, sa);
            return;
        }

        MarkRekeying();
        sa.RequestLater(now + wait + host.Random.NextSpan(wait / 2), new RekeyChildExchange(host, old, group, since));
    }

    private void MarkRekeying()
    {
        if (old is not null)
            old.IsRekeying = true;
    }
}
