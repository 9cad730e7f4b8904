using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>The answering side after IKE_SA_INIT: check IKE_AUTH, ask for the verdict, sign, answer (RFC 7296 §1.2, §2.21.2).</summary>
internal sealed class ResponderHandshake(IkeSa sa, byte[] initRequest, byte[] initResponse, ReadOnlyMemory<byte> peerNonce,
    byte[] ownNonce, IReadOnlyList<SignatureHash> peerHashes, bool usePpk) : Handshake
{
    private IReadOnlyList<IkePayload> _request = [];
    private Ikev2Identity? _identity;
    private PeerIdentity? _peer;
    private bool _verifying;
    private PpkKeys? _mixed;

    private IkeSaHost Host => sa.Host;

    /// <summary>DER certificates of encoding 4, in order; hash-and-URL is not followed (C-21).</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> CertificatesOf(IReadOnlyList<IkePayload> payloads) =>
        [.. payloads.OfType<CertPayload>().Where(c => c.Encoding == CertificateEncoding.X509Signature).Select(c => c.Data)];

    public void HandleAuthRequest(Instant now, IReadOnlyList<IkePayload> payloads)
    {
        var id = payloads.OfType<IdPayload>().FirstOrDefault(p => p.Type == PayloadType.IdInitiator);
        if (id is null)
        {
            Refuse(now, NotifyType.InvalidSyntax, "syntax", "IKE_AUTH lacks IDi");
            return;
        }

        // No AUTH asks for EAP, which the ACP does not have (D-38); other methods than 14 are not used (D-21).
        if (payloads.Find<AuthPayload>() is not { Method: AuthMethod.DigitalSignature } auth
            || !SignatureAuthData.TryDecode(auth.Data, out var withPpk))
        {
            var method = payloads.Find<AuthPayload>()?.Method;
            Refuse(now, NotifyType.AuthenticationFailed, "method",
                method is null ? "no AUTH payload (EAP?)" : $"authentication method {(byte)method}");
            return;
        }

        if (payloads.Find<SaPayload>() is not null
            && (HandshakePayloads.TsInitiator(payloads) is null || HandshakePayloads.TsResponder(payloads) is null))
        {
            Refuse(now, NotifyType.InvalidSyntax, "syntax", "IKE_AUTH lacks traffic selectors");
            return;
        }

        if (!TryChoosePpk(now, payloads, withPpk, out var signature))
            return;
        _request = payloads;
        _verifying = true;
        var octets = sa.Keys!.SignedOctets(true, initRequest, ownNonce, id.Body.Span, _mixed);
        Host.Actions.Add(new Ikev2Action.VerifyPeer(Host.Ask(sa), sa.Id, sa.Path.Link, sa.Path.Remote, CertificatesOf(payloads),
            id.IdType, id.Data, octets, signature.AlgorithmIdentifier, signature.Signature));
    }

    public override void HandleVerdict(Instant now, PeerVerdict verdict)
    {
        if (sa.State != IkeSaState.HalfOpen || !_verifying)
            return;
        _verifying = false;
        if (verdict.Identity is not { } peer)
        {
            Refuse(now, NotifyType.AuthenticationFailed, verdict.RefusalCode ?? "refused", verdict.RefusalText ?? string.Empty);
            return;
        }

        _peer = peer;
        _identity = Host.Identity;
        var octets = sa.Keys!.SignedOctets(false, initResponse, peerNonce.Span,
            IdPayload.FromAddress(false, _identity.AcpAddress).Body.Span, _mixed);
        Host.Actions.Add(new Ikev2Action.SignAuth(Host.Ask(sa), sa.Id, octets, peerHashes));
    }

    public override void HandleSigned(Instant now, ReadOnlyMemory<byte> algorithmIdentifier, ReadOnlyMemory<byte> signature)
    {
        if (sa.State != IkeSaState.HalfOpen || _peer is null || _identity is null)
            return;
        if (signature.IsEmpty)
        {
            Refuse(now, NotifyType.AuthenticationFailed, "signing", "no signature could be made");
            return;
        }

        List<IkePayload> answer =
        [
            IdPayload.FromAddress(false, _identity.AcpAddress),
            .. HandshakePayloads.Certificates(_identity),
            new AuthPayload(AuthMethod.DigitalSignature, new SignatureAuthData(algorithmIdentifier, signature).Encode()),
        ];
        var refusal = NotifyType.None;
        EspSuite? esp = null;
        if (_request.Find<SaPayload>() is { } offer)
        {
            if (!Host.Proposals.TryChooseEsp(offer, true, DhGroup.None, out esp))
                refusal = NotifyType.NoProposalChosen;
            else if (!HandshakePayloads.CoverEverything(HandshakePayloads.TsInitiator(_request)!, HandshakePayloads.TsResponder(_request)!))
                refusal = NotifyType.TsUnacceptable;
        }

        if (_mixed is not null)
        {
            sa.Keys!.Adopt(_mixed);
            _mixed = null;
            answer.Add(new NotifyPayload(NotifyType.PpkIdentity));
        }

        sa.IsInitialContact = _request.FindNotify(NotifyType.InitialContact) is not null;
        sa.OwnIdentity = _identity;
        Host.Established(now, sa, _peer);
        if (refusal != NotifyType.None)
        {
            // The IKE SA stands without a child (RFC 7296 §1.2); the peer may close it, or we will.
            Host.Facts.Add(new Ikev2Fact.ChildSaRefused(sa.Id, sa.Path.Link, sa.Path.Remote, refusal));
            answer.Add(new NotifyPayload(refusal));
        }
        else if (esp is not null)
        {
            var spi = Host.NewEspSpi();
            var (fromInitiator, fromResponder) = sa.Keys!.DeriveChild(null, peerNonce.Span, ownNonce);
            // Inbound stands before the peer can know of it.
            Host.ChildSas.Install(now, sa, esp, spi, fromInitiator, fromResponder, false, null, false);
            answer.Add(ProposalSelector.EspAnswer(esp, spi));
            answer.Add(TsPayload.Create(true, TrafficSelector.AnyIpv6));
            answer.Add(TsPayload.Create(false, TrafficSelector.AnyIpv6));
        }

        sa.Respond(ExchangeType.IkeAuth, answer);
        Host.Channels.Settle(now, sa);
    }

    public override void Dispose() => _mixed?.Dispose();

    /// <summary>
    /// Whether the SA gets a PPK, and which of the initiator's signatures counts then (RFC 8784 §3, Table 1). False: it was
    /// refused, since one side demands what the other does not have.
    /// </summary>
    private bool TryChoosePpk(Instant now, IReadOnlyList<IkePayload> payloads, SignatureAuthData auth, out SignatureAuthData signature)
    {
        signature = auth;
        var identity = payloads.FindNotify(NotifyType.PpkIdentity);
        if (usePpk && identity is not null && Ppk.Find(Host.Options.Ppks, identity.Data.Span) is { } ppk)
        {
            _mixed = sa.Keys!.MixWith(ppk);
            return true;
        }

        if (Host.Options is { Ppks.Count: > 0, PpkRequired: true })
        {
            Refuse(now, NotifyType.AuthenticationFailed, "ppk", identity is null
                ? "we demand a postquantum preshared key, and the peer has none"
                : "we demand a postquantum preshared key, and the peer's is none of ours");
            return false;
        }

        // Without agreement in IKE_SA_INIT the notify means nothing and AUTH is an ordinary one.
        if (!usePpk || identity is null)
            return true;
        if (payloads.FindNotify(NotifyType.NoPpkAuth) is { } plain && SignatureAuthData.TryDecode(plain.Data, out var without))
        {
            signature = without;
            return true;
        }

        Refuse(now, NotifyType.AuthenticationFailed, "ppk", "the peer demands a postquantum preshared key that we do not have");
        return false;
    }

    private void Refuse(Instant now, NotifyType notify, string code, string text)
    {
        Host.Facts.Add(new Ikev2Fact.PeerRefused(sa.Id, sa.Path.Link, sa.Path.Remote, code, text));
        sa.RefuseRequest(ExchangeType.IkeAuth, new NotifyPayload(notify), text);
        Host.Ended(now, sa, ChannelCloseReason.PeerRefused, false);
        Host.Actions.Add(new Ikev2Action.ResponderRefused(sa.Path.Link, sa.Path.Remote, text));
    }
}
