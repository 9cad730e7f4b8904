using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>Answers the peer's protected requests.</summary>
internal static class RequestHandler
{
    public static void Handle(Instant now, IkeSa sa, ExchangeType exchange, IReadOnlyList<IkePayload> payloads)
    {
        switch (exchange)
        {
            case ExchangeType.IkeAuth:
                ((ResponderHandshake)sa.Handshake!).HandleAuthRequest(now, payloads);
                break;
            case ExchangeType.Informational:
                HandleInformational(now, sa, payloads);
                break;
            case ExchangeType.CreateChildSa:
                CreateChildResponder.Handle(now, sa, payloads);
                break;
            default:
                sa.RefuseRequest(exchange, new NotifyPayload(NotifyType.InvalidSyntax), $"exchange {(byte)exchange}");
                break;
        }
    }

    /// <summary>RFC 7296 §1.4, §1.4.1: deletes and notifies; the empty one asks whether we live.</summary>
    private static void HandleInformational(Instant now, IkeSa sa, IReadOnlyList<IkePayload> payloads)
    {
        if (payloads.Count == 0)
        {
            // By far the most frequent of all requests.
            sa.Respond(ExchangeType.Informational, []);
            return;
        }

        // An initiator that rejects our credentials says so in an exchange of its own (RFC 7296 §2.21.2); a Delete beside it adds nothing.
        if (payloads.FindNotify(NotifyType.AuthenticationFailed) is { } failed)
        {
            sa.Host.Facts.Add(new Ikev2Fact.ErrorReceived(sa.Id, sa.Path.Link, sa.Path.Remote, ExchangeType.Informational,
                failed.Notify, true));
            sa.Respond(ExchangeType.Informational, []);
            sa.Host.Ended(now, sa, ChannelCloseReason.RefusedByPeer, false);
            return;
        }

        if (payloads.OfType<DeletePayload>().Any(d => d.Protocol == ProtocolId.Ike))
        {
            sa.Respond(ExchangeType.Informational, []);
            // The peer finished a rekeying of its own before it saw ours, which is void now (RFC 7296 §2.25.2).
            if (sa is { State: IkeSaState.Established or IkeSaState.Closing, IsRekeyed: false, PeerRekey: { } rival })
            {
                var closing = sa.State == IkeSaState.Closing;
                sa.Host.Rekeying.TakePeers(now, sa);
                // We were closing the old one: what took its place at the peer must end as well.
                if (closing && rival.Made.State == IkeSaState.Established)
                    sa.Host.BeginDelete(now, rival.Made);
            }

            sa.Host.Ended(now, sa, ChannelCloseReason.PeerDelete, true);
            return;
        }

        // We never announce MOBIKE: who was configured by its address is known by it (RFC 4555 §3.5).
        if (payloads.FindNotify(NotifyType.UpdateSaAddresses) is not null)
        {
            sa.RefuseRequest(ExchangeType.Informational, new NotifyPayload(NotifyType.UnacceptableAddresses), "MOBIKE was not agreed");
            return;
        }

        var spis = payloads.OfType<DeletePayload>().Where(d => d.Protocol == ProtocolId.Esp).SelectMany(d => d.Spis).ToHashSet();
        // An IKE SA that is about to inherit, or was just replaced, speaks for the children of its line.
        var children = sa.IsPending || sa.IsRekeyed ? sa.Channel?.IkeSas.SelectMany(s => s.Children) ?? [] : sa.Children;
        var known = children.Where(c => spis.Contains(c.OutboundSpi)).ToList();
        // Our own DELETE crosses the peer's: no Delete payload, and inbound waits for the answer (RFC 7296 §1.4.1).
        var gone = known.Where(c => c.Owner.InFlight is not DeleteChildExchange own || !own.Deletes(c)).ToList();
        if (sa.InFlight is RekeyChildExchange rekey)
            rekey.NotePeerDeletes(spis.Except(known.Select(c => c.OutboundSpi)));
        sa.Respond(ExchangeType.Informational,
            gone.Count == 0 ? [] : [DeletePayload.Esp([.. gone.Select(c => c.InboundSpi)])]);
        foreach (var child in gone)
            sa.Host.ChildSas.Remove(now, child);
        // While a rekeying is under way its answer will tell whether anything is left.
        if (gone.Count > 0 && sa.Channel is { HasUsableChild: false } && sa.InFlight is not RekeyChildExchange)
            sa.Host.LostLastChild(now, sa);
    }
}
