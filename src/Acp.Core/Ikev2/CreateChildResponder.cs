using System.Buffers.Binary;
using Acp.Core.Ikev2.Crypto;
using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>
/// Answers CREATE_CHILD_SA (RFC 7296 §1.3, §2.8, §2.17, §2.18): rekeying a child SA or the IKE SA, or the first child of a childless one.
/// What crosses an exchange of ours is treated as §2.25 says (D-42, D-43).
/// </summary>
internal static class CreateChildResponder
{
    public static void Handle(Instant now, IkeSa sa, IReadOnlyList<IkePayload> payloads)
    {
        if (!sa.IsLive)
        {
            // RFC 7296 §2.25: it is closing or replaced; the peer may try again or will see why.
            PutOff(sa, "the IKE SA is being replaced or closed");
            return;
        }

        if (payloads.Find<SaPayload>() is not { } offer || payloads.Find<NoncePayload>() is not { } nonce)
            Refuse(sa, new NotifyPayload(NotifyType.InvalidSyntax), "SA or nonce missing");
        else if (offer.Proposals.Any(p => p.Protocol == ProtocolId.Ike))
            RekeyIkeSa(now, sa, offer, nonce, payloads.Find<KePayload>());
        else
            CreateChild(now, sa, offer, nonce, payloads);
    }

    private static void RekeyIkeSa(Instant now, IkeSa sa, SaPayload offer, NoncePayload nonce, KePayload? ke)
    {
        var host = sa.Host;
        if (sa.InFlight is { ConcernsChild: true } || sa.PeerRekey is not null)
        {
            PutOff(sa, "a child SA is being made or closed");
            return;
        }

        if (host.Reauthentication.IsUnderWay(sa))
        {
            PutOff(sa, "another IKE SA is about to take its place");
            return;
        }

        if (ke is null)
        {
            Refuse(sa, new NotifyPayload(NotifyType.InvalidSyntax), "KE missing");
            return;
        }

        if (!host.Proposals.TryChooseIke(offer, ke.Group, out var suite, out var proposal) || proposal!.Spi.Length != 8
            || BinaryPrimitives.ReadUInt64BigEndian(proposal.Spi.Span) == 0)
        {
            Refuse(sa, new NotifyPayload(NotifyType.NoProposalChosen), "no acceptable proposal");
            return;
        }

        if (!TryExchange(sa, suite.Group, ke, out var exchange, out var secret))
            return;
        using (exchange)
        using (secret)
        {
            var ownNonce = host.Random.Bytes(host.Options.NonceLength);
            var id = new IkeSaId(BinaryPrimitives.ReadUInt64BigEndian(proposal.Spi.Span), host.Sas.NewSpi());
            var keys = sa.Keys!.DeriveRekeyed(suite, secret, nonce.Nonce.Span, ownNonce, id);
            var made = host.Rekeying.Add(now, sa, id, keys, false);
            sa.Respond(ExchangeType.CreateChildSa,
            [
                ProposalSelector.IkeAnswer(proposal.Number, suite, id.ResponderSpi),
                new NoncePayload(ownNonce),
                new KePayload(suite.Group, exchange.PublicValue),
            ]);
            if (sa.InFlight is RekeyIkeExchange)
                sa.PeerRekey = new PeerRekey(made, Nonces.Lower(nonce.Nonce.Span, ownNonce));
            else
                host.Rekeying.Inherit(now, sa, made);
        }
    }

    private static void CreateChild(Instant now, IkeSa sa, SaPayload offer, NoncePayload nonce, IReadOnlyList<IkePayload> payloads)
    {
        var host = sa.Host;
        if (sa.InFlight is RekeyIkeExchange)
        {
            PutOff(sa, "the IKE SA is being rekeyed");
            return;
        }

        var own = sa.InFlight as RekeyChildExchange;
        ChildSa? old = null;
        if (payloads.FindNotify(NotifyType.RekeySa) is { } rekey)
        {
            var spi = rekey.Spi.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(rekey.Spi.Span) : 0;
            old = sa.Children.Find(c => c.OutboundSpi == spi);
            if (old is null && own is not null)
            {
                // Perhaps the one whose birth an answer on its way to us tells of.
                PutOff(sa, $"no child SA {spi:x8} yet");
                return;
            }

            if (old is null)
            {
                Refuse(sa, new NotifyPayload(ProtocolId.Esp, rekey.Spi, NotifyType.ChildSaNotFound, default), $"no child SA {spi:x8}");
                return;
            }
        }
        else if (own is { Old: null })
        {
            PutOff(sa, "a child SA is being made");
            return;
        }
        else if (sa.Children.Exists(c => c.IsUsable))
        {
            // A channel has one child SA.
            Refuse(sa, new NotifyPayload(NotifyType.NoAdditionalSas), "no additional SAs");
            return;
        }

        if (old is { IsUsable: false } or { IsReplaced: true })
        {
            PutOff(sa, "the child SA is being closed");
            return;
        }

        if (HandshakePayloads.TsInitiator(payloads) is not { } tsi || HandshakePayloads.TsResponder(payloads) is not { } tsr)
        {
            Refuse(sa, new NotifyPayload(NotifyType.InvalidSyntax), "traffic selectors missing");
            return;
        }

        var ke = payloads.Find<KePayload>();
        if (!host.Proposals.TryChooseEsp(offer, false, ke?.Group ?? DhGroup.None, out var suite))
        {
            Refuse(sa, new NotifyPayload(NotifyType.NoProposalChosen), "no acceptable proposal");
            return;
        }

        if (!HandshakePayloads.CoverEverything(tsi, tsr))
        {
            Refuse(sa, new NotifyPayload(NotifyType.TsUnacceptable), "traffic selectors");
            return;
        }

        IKeyExchange? exchange = null;
        SecretBytes? secret = null;
        if (suite.Group != DhGroup.None && !TryExchange(sa, suite.Group, ke, out exchange, out secret))
            return;
        using (exchange)
        using (secret)
        {
            var ownNonce = host.Random.Bytes(host.Options.NonceLength);
            var spi = host.NewEspSpi();
            var (fromInitiator, fromResponder) = sa.Keys!.DeriveChild(secret, nonce.Nonce.Span, ownNonce);
            var made = host.ChildSas.Install(now, sa, suite, spi, fromInitiator, fromResponder, false, old, false);
            if (old is not null)
            {
                old.Successor = made;
                old.RetireAt = now + host.Options.ReplacedGrace;
                if (own?.Old == old)
                    old.PeerRekey = (made, Nonces.Lower(nonce.Nonce.Span, ownNonce));
            }

            List<IkePayload> answer = [ProposalSelector.EspAnswer(suite, spi), new NoncePayload(ownNonce)];
            if (exchange is not null)
                answer.Add(new KePayload(suite.Group, exchange.PublicValue));
            answer.Add(TsPayload.Create(true, TrafficSelector.AnyIpv6));
            answer.Add(TsPayload.Create(false, TrafficSelector.AnyIpv6));
            sa.Respond(ExchangeType.CreateChildSa, answer);
        }
    }

    /// <summary>Our half of the key exchange; on failure the request has been refused (D-12).</summary>
    private static bool TryExchange(IkeSa sa, DhGroup group, KePayload? ke,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IKeyExchange? exchange,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SecretBytes? secret)
    {
        exchange = null;
        secret = null;
        if (ke?.Group != group)
        {
            var data = new byte[2];
            BinaryPrimitives.WriteUInt16BigEndian(data, (ushort)group);
            Refuse(sa, new NotifyPayload(NotifyType.InvalidKePayload, data), $"group {(ushort?)ke?.Group}");
            return false;
        }

        exchange = sa.Host.Crypto.CreateKeyExchange(group);
        if (exchange.TryDeriveSharedSecret(ke.Data.Span, out secret))
            return true;
        exchange.Dispose();
        exchange = null;
        Refuse(sa, new NotifyPayload(NotifyType.InvalidSyntax), "public value is not valid");
        return false;
    }

    private static void PutOff(IkeSa sa, string text) => Refuse(sa, new NotifyPayload(NotifyType.TemporaryFailure), text);

    private static void Refuse(IkeSa sa, NotifyPayload notify, string text) =>
        sa.RefuseRequest(ExchangeType.CreateChildSa, notify, text);
}
