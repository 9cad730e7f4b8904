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
        if (payloads.OfType<DeletePayload>().Any(d => d.Protocol == ProtocolId.Ike))
        {
            sa.Respond(ExchangeType.Informational, []);
            sa.Host.Ended(now, sa, ChannelCloseReason.PeerDelete, true);
            return;
        }

        // An initiator that rejects our credentials says so in an exchange of its own (RFC 7296 §2.21.2).
        if (payloads.FindNotify(NotifyType.AuthenticationFailed) is { } failed)
        {
            sa.Host.Facts.Add(new Ikev2Fact.ErrorReceived(sa.Id, sa.Path.Link, sa.Path.Remote, ExchangeType.Informational,
                failed.Notify, true));
            sa.Respond(ExchangeType.Informational, []);
            sa.Host.Ended(now, sa, ChannelCloseReason.RefusedByPeer, false);
            return;
        }

        var spis = payloads.OfType<DeletePayload>().Where(d => d.Protocol == ProtocolId.Esp).SelectMany(d => d.Spis).ToHashSet();
        var gone = sa.Children.Where(c => spis.Contains(c.OutboundSpi)).ToList();
        sa.Respond(ExchangeType.Informational,
            gone.Count == 0 ? [] : [DeletePayload.Esp([.. gone.Select(c => c.InboundSpi)])]);
        foreach (var child in gone)
            sa.Host.RemoveChild(now, child);
        if (gone.Count > 0 && sa.Channel is { Best: null })
            sa.Host.LostLastChild(now, sa);
    }
}
