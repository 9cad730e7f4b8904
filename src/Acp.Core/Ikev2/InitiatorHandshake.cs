using System.Buffers.Binary;
using Acp.Core.Ikev2.Crypto;
using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>Our own initiation: IKE_SA_INIT with its detours (COOKIE, INVALID_KE_PAYLOAD), then IKE_AUTH (RFC 7296 §1.2).</summary>
internal sealed class InitiatorHandshake : Handshake
{
    private const int MaxDetours = 4;

    private readonly IkeSa _sa;
    private readonly HashSet<DhGroup> _triedGroups = [];
    private readonly byte[] _nonce;
    private IKeyExchange _keyExchange;
    private ReadOnlyMemory<byte>? _cookie;
    private byte[] _request = [];
    private byte[] _response = [];
    private ReadOnlyMemory<byte> _peerNonce;
    private Ikev2Identity? _identity;
    private PpkKeys? _mixed;
    private SignatureAuthData? _auth;
    private bool _ppkUsed;
    private IReadOnlyList<SignatureHash> _peerHashes = [];
    private int _detours;
    private uint _spi;
    private EspSuite? _esp;

    public InitiatorHandshake(IkeSa sa)
    {
        _sa = sa;
        _nonce = Host.Random.Bytes(Host.Options.NonceLength);
        _keyExchange = Host.Crypto.CreateKeyExchange(Host.Proposals.PreferredGroup);
        _triedGroups.Add(_keyExchange.Group);
    }

    private IkeSaHost Host => _sa.Host;

    public void Start(Instant now)
    {
        var payloads = new List<IkePayload>();
        if (_cookie is { } cookie)
            payloads.Add(new NotifyPayload(NotifyType.Cookie, cookie));
        payloads.Add(Host.Proposals.IkeOffer());
        payloads.Add(new KePayload(_keyExchange.Group, _keyExchange.PublicValue));
        payloads.Add(new NoncePayload(_nonce));
        payloads.AddRange(HandshakePayloads.InitNotifies(_sa.Id, _sa.Path, Host.Options, Host.Options.Fragmentation, Host.Options.Ppks.Count > 0));
        var header = IkeHeader.Create(_sa.Id.InitiatorSpi, 0, ExchangeType.IkeSaInit, IkeFlags.Initiator, 0);
        _request = IkeMessage.Encode(header, payloads);
        _sa.Requests.SendInit(now, new InitExchange(), _request);
    }

    /// <summary>
    /// The unprotected answer. Whatever makes no sense is ignored, for anyone on the link could have sent it; the
    /// retransmission goes on.
    /// </summary>
    public void HandleInitResponse(Instant now, IkeMessage message, byte[] bytes)
    {
        if (_sa.State != IkeSaState.Initiating || _sa.Keys is not null || message.Header.MessageId != 0)
        {
            _sa.Drop(IkeDrop.Unexpected);
            return;
        }

        var payloads = message.Payloads;
        if (payloads.FirstCritical() is not null)
        {
            _sa.Drop(IkeDrop.Unexpected);
            return;
        }

        if (payloads.FindNotify(NotifyType.Cookie) is { } cookie && payloads.Find<SaPayload>() is null)
        {
            // 1 to 64 octets (RFC 7296 §2.6).
            if (cookie.Data.Length is < 1 or > 64 || ++_detours > MaxDetours)
                return;
            _cookie = cookie.Data;
            Start(now);
            return;
        }

        if (payloads.FirstError() is { } error)
            HandleInitError(now, error);
        else
            HandleInitAnswer(now, message, bytes);
    }

    public override void HandleSigned(Instant now, ReadOnlyMemory<byte> algorithmIdentifier, ReadOnlyMemory<byte> signature)
    {
        if (_sa.State != IkeSaState.Initiating || _identity is null)
            return;
        if (signature.IsEmpty)
        {
            Fail(now, InitiationFailure.Signing, "no signature could be made");
            return;
        }

        var signed = new SignatureAuthData(algorithmIdentifier, signature);
        if (_mixed is not null && !Host.Options.PpkRequired && _auth is null)
        {
            // The peer may lack this PPK: for that case it gets another signature, made without (RFC 8784 §3).
            _auth = signed;
            AskToSign(null);
            return;
        }

        _sa.State = IkeSaState.Authenticating;
        _spi = Host.NewEspSpi();
        var authData = (_auth ?? signed).Encode();
        List<IkePayload> ppk = _mixed is null ? [] : [new NotifyPayload(NotifyType.PpkIdentity, Host.Options.Ppks[0].EncodeId())];
        if (_auth is not null)
            ppk.Add(new NotifyPayload(NotifyType.NoPpkAuth, signed.Encode()));
        _sa.Request(now, new AuthExchange(this,
        [
            IdPayload.FromAddress(true, _identity.AcpAddress),
            .. HandshakePayloads.Certificates(_identity),
            HandshakePayloads.CertificateRequest(_identity),
            new AuthPayload(AuthMethod.DigitalSignature, authData),
            Host.Proposals.EspOffer(_spi),
            TsPayload.Create(true, TrafficSelector.AnyIpv6),
            TsPayload.Create(false, TrafficSelector.AnyIpv6),
            .. ppk,
        ]));
    }

    public override void HandleVerdict(Instant now, PeerVerdict verdict)
    {
        if (_sa.State != IkeSaState.Authenticating || _esp is null)
            return;
        if (verdict.Identity is not { } peer)
        {
            Host.Facts.Add(new Ikev2Fact.PeerRefused(_sa.Id, _sa.Path.Link, _sa.Path.Remote, verdict.RefusalCode ?? "refused",
                verdict.RefusalText ?? string.Empty));
            AbandonAuthenticated(now, true, InitiationFailure.PeerRefused, verdict.RefusalText ?? "refused");
            return;
        }

        if (_ppkUsed && _mixed is not null)
        {
            _sa.Keys!.Adopt(_mixed);
            _mixed = null;
        }

        var (fromInitiator, fromResponder) = _sa.Keys!.DeriveChild(null, _nonce, _peerNonce.Span);
        var (esp, spi) = (_esp, _spi);
        _spi = 0;
        _sa.OwnIdentity = _identity;
        Host.Established(now, _sa, peer);
        Host.ChildSas.Install(now, _sa, esp, spi, fromResponder, fromInitiator, true, null, false);
        Host.Channels.Settle(now, _sa);
    }

    public override void Dispose()
    {
        _keyExchange.Dispose();
        _mixed?.Dispose();
        if (_spi != 0)
            Host.ReleaseEspSpi(_spi);
    }

    private void HandleInitError(Instant now, NotifyPayload error)
    {
        Host.Facts.Add(new Ikev2Fact.ErrorReceived(_sa.Id, _sa.Path.Link, _sa.Path.Remote, ExchangeType.IkeSaInit, error.Notify, false));
        switch (error.Notify)
        {
            case NotifyType.InvalidKePayload when error.Data.Length == 2:
                var group = (DhGroup)BinaryPrimitives.ReadUInt16BigEndian(error.Data.Span);
                if (group == _keyExchange.Group)
                {
                    // Another answer to the request before: the network doubled one of them, or a retransmission crossed it.
                    _sa.Drop(IkeDrop.Unexpected);
                    return;
                }

                if (!Host.Proposals.Offers(group) || !_triedGroups.Add(group) || ++_detours > MaxDetours)
                {
                    Fail(now, InitiationFailure.KeyExchangeGroup, $"peer wants group {(ushort)group}");
                    return;
                }

                _keyExchange.Dispose();
                _keyExchange = Host.Crypto.CreateKeyExchange(group);
                Start(now);
                break;
            case NotifyType.NoProposalChosen:
                Fail(now, InitiationFailure.NoProposalChosen, "peer accepts none of our proposals");
                break;
            case NotifyType.InvalidMajorVersion:
                Fail(now, InitiationFailure.Version, "peer does not speak IKEv2");
                break;
            case NotifyType.InvalidIkeSpi:
                break;
            default:
                Fail(now, InitiationFailure.Protocol, $"peer answered {error.Notify}");
                break;
        }
    }

    private void HandleInitAnswer(Instant now, IkeMessage message, byte[] bytes)
    {
        var payloads = message.Payloads;
        if (message.Header.ResponderSpi == 0 || payloads.Find<SaPayload>() is not { } sa || payloads.Find<KePayload>() is not { } ke
            || payloads.Find<NoncePayload>() is not { } nonce)
        {
            _sa.Drop(IkeDrop.Unexpected);
            return;
        }

        if (!Host.Proposals.TryAcceptIkeAnswer(sa, _keyExchange.Group, out var suite) || ke.Group != _keyExchange.Group)
        {
            Fail(now, InitiationFailure.NoProposalChosen, "peer chose what we did not offer");
            return;
        }

        var hashes = HandshakePayloads.PeerHashes(payloads, Host.Options);
        if (hashes.Count == 0)
        {
            Fail(now, InitiationFailure.SignatureHash, "peer did not announce SIGNATURE_HASH_ALGORITHMS of ours");
            return;
        }

        var usePpk = Host.Options.Ppks.Count > 0 && payloads.FindNotify(NotifyType.UsePpk) is not null;
        if (Host.Options is { Ppks.Count: > 0, PpkRequired: true } && !usePpk)
        {
            Fail(now, InitiationFailure.PpkMissing, "we demand a postquantum preshared key, and the peer has none");
            return;
        }

        if (!_keyExchange.TryDeriveSharedSecret(ke.Data.Span, out var secret))
        {
            Fail(now, InitiationFailure.Protocol, "peer's public value is not valid");
            return;
        }

        _sa.SetResponderSpi(message.Header.ResponderSpi);
        _sa.Nat.Note(HandshakePayloads.DetectNat(payloads, _sa.Id, _sa.Path, Host.Options));
        _sa.Fragmentation = HandshakePayloads.AgreesToFragment(payloads, Host.Options);
        _response = bytes;
        _peerNonce = nonce.Nonce;
        using (secret)
            _sa.SetKeys(KeyMaterial.Derive(Host.Crypto, suite, secret, _nonce, _peerNonce.Span, _sa.Id));
        _sa.Liveness.NoteHeard(now);
        _sa.Requests.End();
        if (_sa.Nat.IsTraversed)
            _sa.Nat.MoveToTraversalPort();
        _identity = Host.Identity;
        _peerHashes = hashes;
        _mixed = usePpk ? _sa.Keys!.MixWith(Host.Options.Ppks[0]) : null;
        // The peer knows from a message in between that we lost nothing (ChannelTable).
        if (_sa.TakesPlaceOf is { State: IkeSaState.Established } old)
            old.Request(now, new ProofExchange(this));
        else
            AskToSign(_mixed);
    }

    private void AskToSign(PpkKeys? mixed)
    {
        var octets = _sa.Keys!.SignedOctets(true, _request, _peerNonce.Span,
            IdPayload.FromAddress(true, _identity!.AcpAddress).Body.Span, mixed);
        Host.Actions.Add(new Ikev2Action.SignAuth(Host.Ask(_sa), _sa.Id, octets, _peerHashes));
    }

    private void HandleAuthResponse(Instant now, IReadOnlyList<IkePayload> payloads)
    {
        var id = payloads.OfType<IdPayload>().FirstOrDefault(p => p.Type == PayloadType.IdResponder);
        var auth = payloads.Find<AuthPayload>();
        var error = payloads.FirstError();
        if (id is null || auth is null)
        {
            var reason = error?.Notify is NotifyType.AuthenticationFailed ? InitiationFailure.AuthenticationFailed
                : InitiationFailure.Protocol;
            Fail(now, reason, reason == InitiationFailure.AuthenticationFailed
                ? "the neighbour does not accept our certificate (AUTHENTICATION_FAILED); its log says why"
                : error is null ? "answer lacks IDr or AUTH" : $"peer answered {error.Notify}");
            return;
        }

        _sa.IsInitialContact = payloads.FindNotify(NotifyType.InitialContact) is not null;
        // Its data, if any, are of no interest (RFC 8784 §3).
        _ppkUsed = _mixed is not null && payloads.FindNotify(NotifyType.PpkIdentity) is not null;
        if (!_ppkUsed && Host.Options is { Ppks.Count: > 0, PpkRequired: true })
        {
            AbandonAuthenticated(now, true, InitiationFailure.PpkMissing, "the peer did not use the postquantum preshared key that we demand");
            return;
        }

        if (auth.Method != AuthMethod.DigitalSignature || !SignatureAuthData.TryDecode(auth.Data, out var signature))
        {
            AbandonAuthenticated(now, true, InitiationFailure.PeerRefused, $"peer authenticates by method {(byte)auth.Method}");
            return;
        }

        if (payloads.Find<SaPayload>() is not { } sa || HandshakePayloads.TsInitiator(payloads) is not { } tsi
            || HandshakePayloads.TsResponder(payloads) is not { } tsr)
        {
            AbandonAuthenticated(now, false,
                error?.Notify == NotifyType.TsUnacceptable ? InitiationFailure.TrafficSelectors : InitiationFailure.NoProposalChosen,
                error is null ? "answer lacks a child SA" : $"peer refused the child SA: {error.Notify}");
            return;
        }

        if (!Host.Proposals.TryAcceptEspAnswer(sa, true, DhGroup.None, out _esp))
        {
            AbandonAuthenticated(now, false, InitiationFailure.NoProposalChosen, "peer chose an ESP suite that we did not offer");
            return;
        }

        if (!HandshakePayloads.CoverEverything(tsi, tsr))
        {
            AbandonAuthenticated(now, false, InitiationFailure.TrafficSelectors, "peer narrowed the selectors");
            return;
        }

        var octets = _sa.Keys!.SignedOctets(false, _response, _nonce, id.Body.Span, _ppkUsed ? _mixed : null);
        Host.Actions.Add(new Ikev2Action.VerifyPeer(Host.Ask(_sa), _sa.Id, _sa.Path.Link, _sa.Path.Remote,
            ResponderHandshake.CertificatesOf(payloads), id.IdType, id.Data, octets, signature.AlgorithmIdentifier,
            signature.Signature));
    }

    /// <summary>The peer holds the SA for established: tell it that we do not (RFC 7296 §2.21.2).</summary>
    private void AbandonAuthenticated(Instant now, bool authenticationFailed, InitiationFailure reason, string text)
    {
        Host.InitiationFailed(now, _sa, reason, text);
        _sa.State = IkeSaState.Closing;
        _sa.DropAt = null;
        _sa.Requests.CancelWaiting();
        _sa.Request(now, new DeleteExchange(authenticationFailed));
    }

    private void Fail(Instant now, InitiationFailure reason, string text)
    {
        Host.InitiationFailed(now, _sa, reason, text);
        Host.Finished(now, _sa);
    }

    /// <summary>IKE_SA_INIT's silence; its answer arrives unprotected at <see cref="HandleInitResponse"/>.</summary>
    private sealed class InitExchange : IkeExchange
    {
        public override ExchangeType Type => ExchangeType.IkeSaInit;

        public override IReadOnlyList<IkePayload> BuildRequest(Instant now, IkeSa sa) => [];

        public override void HandleResponse(Instant now, IkeSa sa, IReadOnlyList<IkePayload> payloads)
        {
            // Never protected.
        }
    }

    /// <summary>A sign of life on the SA whose place this one is to take; its answer came after that of IKE_SA_INIT.</summary>
    private sealed class ProofExchange(InitiatorHandshake handshake) : IkeExchange
    {
        public override ExchangeType Type => ExchangeType.Informational;

        public override bool IsWanted(IkeSa sa) => handshake._sa.State == IkeSaState.Initiating;

        public override IReadOnlyList<IkePayload> BuildRequest(Instant now, IkeSa sa) => [];

        public override void HandleResponse(Instant now, IkeSa sa, IReadOnlyList<IkePayload> payloads)
        {
            if (handshake._sa.State == IkeSaState.Initiating)
                handshake.AskToSign(handshake._mixed);
        }
    }

    private sealed class AuthExchange(InitiatorHandshake handshake, IReadOnlyList<IkePayload> request) : IkeExchange
    {
        public override ExchangeType Type => ExchangeType.IkeAuth;

        public override IReadOnlyList<IkePayload> BuildRequest(Instant now, IkeSa sa) => request;

        public override void HandleResponse(Instant now, IkeSa sa, IReadOnlyList<IkePayload> payloads) =>
            handshake.HandleAuthResponse(now, payloads);
    }
}
