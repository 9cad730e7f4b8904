using System.Buffers.Binary;
using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>
/// Judges an IKE_SA_INIT request and answers it: with a half-open SA, or with an unprotected notify and no state at all
/// (RFC 7296 §1.2, §2.6, §2.7).
/// </summary>
internal sealed class InitResponder(IkeSaHost host, CookieJar cookies)
{
    private readonly TokenBucket _errors = new(host.Options.UnprotectedPerSecond);

    /// <summary>Answers; the new half-open SA, or null when there is none.</summary>
    public IkeSa? Handle(Instant now, IkePath path, IkeMessage message, ReadOnlySpan<byte> bytes)
    {
        var header = message.Header;
        var id = new IkeSaId(header.InitiatorSpi, header.ResponderSpi);
        if (header.ResponderSpi != 0 || header.InitiatorSpi == 0 || header.MessageId != 0 || !header.FromInitiator)
        {
            Drop(id, path, IkeDrop.UnknownSpi);
            return null;
        }

        var key = HalfOpenTable.KeyOf(path, bytes);
        if (host.HalfOpen.TryFind(key, out var known, out var stored))
        {
            known.Responses.RepeatInit(now, path, stored);
            return null;
        }

        var payloads = message.Payloads;
        if (payloads.FirstCritical() is { } critical)
            return Refuse(now, path, id, new NotifyPayload(NotifyType.UnsupportedCriticalPayload, new[] { (byte)critical.Type }), "critical payload");
        if (payloads.Find<SaPayload>() is not { } sa || payloads.Find<KePayload>() is not { } ke || payloads.Find<NoncePayload>() is not { } nonce)
            return Refuse(now, path, id, new NotifyPayload(NotifyType.InvalidSyntax), "SA, KE or nonce missing");
        if (!host.Proposals.TryChooseIke(sa, ke.Group, out var suite, out var proposal))
            return Refuse(now, path, id, new NotifyPayload(NotifyType.NoProposalChosen), "no acceptable proposal");
        if (CookieWanted(path) && !HasCookie(now, path, id, payloads, nonce))
            return null;
        if (suite.Group != ke.Group)
        {
            var group = new byte[2];
            BinaryPrimitives.WriteUInt16BigEndian(group, (ushort)suite.Group);
            return Refuse(now, path, id, new NotifyPayload(NotifyType.InvalidKePayload, group), $"group {(ushort)ke.Group}");
        }

        var hashes = HandshakePayloads.PeerHashes(payloads, host.Options);
        if (hashes.Count == 0)
            return Refuse(now, path, id, new NotifyPayload(NotifyType.NoProposalChosen), "no SIGNATURE_HASH_ALGORITHMS of ours");
        if (host.HalfOpen.CountFor(path) >= host.Options.HalfOpenPerPeer)
            host.Remove(host.HalfOpen.OldestOf(path)!);
        if (host.HalfOpen.Count >= host.Options.HalfOpenTotal)
        {
            Drop(id, path, IkeDrop.HalfOpenLimit);
            return null;
        }

        return Accept(now, path, id with { ResponderSpi = host.Sas.NewSpi() }, key, bytes.ToArray(), payloads, suite, proposal!.Number, ke,
            nonce, hashes);
    }

    /// <summary>An unprotected answer that carries one notify, unless its rate is used up.</summary>
    public bool AnswerUnprotected(Instant now, IkePath path, IkeHeader request, NotifyPayload notify)
    {
        var id = new IkeSaId(request.InitiatorSpi, request.ResponderSpi);
        if (!_errors.TryTake(now))
        {
            Drop(id, path, IkeDrop.RateLimited);
            return false;
        }

        var flags = IkeFlags.Response | (request.FromInitiator ? IkeFlags.None : IkeFlags.Initiator);
        Send(path, IkeMessage.Encode(
            IkeHeader.Create(request.InitiatorSpi, request.ResponderSpi, request.Exchange, flags, request.MessageId), [notify]));
        return true;
    }

    private IkeSa? Accept(Instant now, IkePath path, IkeSaId id, string key, byte[] request, IReadOnlyList<IkePayload> payloads,
        IkeSuite suite, byte proposalNumber, KePayload ke, NoncePayload nonce, IReadOnlyList<SignatureHash> hashes)
    {
        using var exchange = host.Crypto.CreateKeyExchange(suite.Group);
        if (!exchange.TryDeriveSharedSecret(ke.Data.Span, out var secret))
            return Refuse(now, path, id, new NotifyPayload(NotifyType.InvalidSyntax), "public value is not valid");
        var nat = HandshakePayloads.DetectNat(payloads, id with { ResponderSpi = 0 }, path, host.Options);
        var fragmentation = HandshakePayloads.AgreesToFragment(payloads, host.Options);
        var usePpk = host.Options.Ppks.Count > 0 && payloads.FindNotify(NotifyType.UsePpk) is not null;
        var ownNonce = host.Random.Bytes(host.Options.NonceLength);
        var response = IkeMessage.Encode(
            IkeHeader.Create(id.InitiatorSpi, id.ResponderSpi, ExchangeType.IkeSaInit, IkeFlags.Response, 0),
            [
                ProposalSelector.IkeAnswer(proposalNumber, suite),
                new KePayload(suite.Group, exchange.PublicValue),
                new NoncePayload(ownNonce),
                .. HandshakePayloads.InitNotifies(id, path, host.Options, fragmentation, usePpk),
                HandshakePayloads.CertificateRequest(host.Identity),
            ]);
        var ikeSa = new IkeSa(host, path, false, id, host.NextOrder(), now)
        {
            State = IkeSaState.HalfOpen,
            Fragmentation = fragmentation,
            DropAt = now + host.Options.HandshakeTimeout,
        };
        using (secret)
            ikeSa.SetKeys(KeyMaterial.Derive(host.Crypto, suite, secret, nonce.Nonce.Span, ownNonce, id));
        ikeSa.Nat.Note(nat);
        ikeSa.Responses.BeginAfterInit();
        ikeSa.Handshake = new ResponderHandshake(ikeSa, request, response, nonce.Nonce, ownNonce, hashes, usePpk);
        host.HalfOpen.Add(key, ikeSa, response);
        host.Actions.Add(new Ikev2Action.PeerInitiated(path.Link, path.Remote));
        Send(path, response);
        return ikeSa;
    }

    private bool CookieWanted(IkePath path) =>
        host.HalfOpen.CountFor(path) >= host.Options.CookiePerPeer || host.HalfOpen.Count >= host.Options.CookieTotal;

    private bool HasCookie(Instant now, IkePath path, IkeSaId id, IReadOnlyList<IkePayload> payloads, NoncePayload nonce)
    {
        if (payloads.FindNotify(NotifyType.Cookie) is { } cookie
            && cookies.IsValid(now, cookie.Data.Span, path, id.InitiatorSpi, nonce.Nonce.Span))
            return true;
        Drop(id, path, IkeDrop.CookieDemanded);
        // Not under the error rate: the flood must not starve the honest peer of its cookie.
        var demand = new NotifyPayload(NotifyType.Cookie, cookies.Make(now, path, id.InitiatorSpi, nonce.Nonce.Span));
        Send(path, IkeMessage.Encode(IkeHeader.Create(id.InitiatorSpi, 0, ExchangeType.IkeSaInit, IkeFlags.Response, 0), [demand]));
        return false;
    }

    private IkeSa? Refuse(Instant now, IkePath path, IkeSaId id, NotifyPayload notify, string text)
    {
        host.Facts.Add(new Ikev2Fact.RequestRefused(id, path.Link, path.Remote, ExchangeType.IkeSaInit, notify.Notify, text));
        AnswerUnprotected(now, path,
            IkeHeader.Create(id.InitiatorSpi, 0, ExchangeType.IkeSaInit, IkeFlags.Initiator, 0), notify);
        return null;
    }

    private void Send(IkePath path, byte[] message)
    {
        host.Tracer?.NoteSent(path, message);
        host.Actions.Add(path.Datagram(message, host.Options));
    }

    private void Drop(IkeSaId id, IkePath path, IkeDrop reason) =>
        host.Facts.Add(new Ikev2Fact.Dropped(id, path.Link, path.Remote, reason));
}
