using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>Judges a datagram by its header, and brings its message to the IKE SA that it belongs to, or to the answerer of IKE_SA_INIT.</summary>
internal sealed class DatagramHandler(IkeSaHost host, InitGate gate, InitResponder responder)
{
    public void Handle(Instant now, IkePath path, ReadOnlySpan<byte> datagram)
    {
        var (link, remote) = path.Neighbor;
        if (path.HasMarker(host.Options))
        {
            if (NonEspMarker.IsKeepalive(datagram))
                return;
            if (!NonEspMarker.IsAt(datagram))
            {
                host.Facts.Add(new Ikev2Fact.Dropped(default, link, remote, IkeDrop.NoMarker));
                return;
            }

            datagram = datagram[NonEspMarker.Size..];
        }

        if (!IkeHeader.TryRead(datagram, out var header))
        {
            host.Facts.Add(new Ikev2Fact.Malformed(default, link, remote, IkeRefusal.TooShort, false));
            return;
        }

        var id = new IkeSaId(header.InitiatorSpi, header.ResponderSpi);
        if (header.MajorVersion > 2 && !header.IsResponse)
        {
            // RFC 7296 §2.5: say so, unprotected, in the highest version we have.
            if (responder.AnswerUnprotected(now, path, header, new NotifyPayload(NotifyType.InvalidMajorVersion)))
                host.Facts.Add(new Ikev2Fact.RequestRefused(id, link, remote, header.Exchange, NotifyType.InvalidMajorVersion,
                    $"version {header.MajorVersion}"));
            return;
        }

        var isInitRequest = header is { Exchange: ExchangeType.IkeSaInit, IsResponse: false };
        if (isInitRequest && !host.IsClosing && gate.TurnsAway(now, path, header, datagram))
            return;
        if (!IkeMessage.TryDecode(datagram, out var copy, out var message, out var refusal))
        {
            host.Facts.Add(new Ikev2Fact.Malformed(id, link, remote, refusal, false));
            return;
        }

        host.Tracer?.NoteReceived(path, message, datagram.Length);
        if (isInitRequest)
        {
            // Who hears our DELETE may well try again at once.
            if (!host.IsClosing && responder.Handle(now, path, message, datagram) is { } halfOpen)
                host.Sas.Add(halfOpen);
            return;
        }

        if (!host.Sas.TryFind(header, out var sa))
        {
            HandleUnknownSpi(now, path, message);
            return;
        }

        if (sa.Path != path && !sa.Nat.MayComeFrom(path, message))
        {
            host.Facts.Add(new Ikev2Fact.Dropped(sa.Id, link, remote, IkeDrop.WrongPath));
            return;
        }

        host.Sas.Touch(sa);
        HandleForSa(now, sa, path, message, copy);
    }

    private void HandleUnknownSpi(Instant now, IkePath path, IkeMessage message)
    {
        var header = message.Header;
        host.Facts.Add(new Ikev2Fact.Dropped(new IkeSaId(header.InitiatorSpi, header.ResponderSpi), path.Link, path.Remote, IkeDrop.UnknownSpi));
        // RFC 7296 §2.21.4: may be answered, never in answer to a response. It tells the peer early that we restarted.
        if (!header.IsResponse && message.Payloads is [EncryptedPayload or EncryptedFragmentPayload])
            responder.AnswerUnprotected(now, path, header, new NotifyPayload(NotifyType.InvalidIkeSpi));
    }

    private void HandleForSa(Instant now, IkeSa sa, IkePath path, IkeMessage message, byte[] datagram)
    {
        var header = message.Header;
        switch (message.Payloads)
        {
            case [EncryptedPayload sk]:
                sa.Transport.HandleProtected(now, path, header, datagram, sk.FirstInner, sk.BodyOffset);
                break;
            case [EncryptedFragmentPayload skf]:
                sa.Transport.HandleFragment(now, path, header, datagram, skf);
                break;
            case var payloads when header is { IsResponse: true, Exchange: ExchangeType.IkeSaInit } && sa.WeInitiated
                                   && sa.Handshake is InitiatorHandshake handshake && payloads.Count > 0:
                handshake.HandleInitResponse(now, message, datagram);
                break;
            case [NotifyPayload { Notify: NotifyType.InvalidIkeSpi }] when header.IsResponse:
                host.Facts.Add(new Ikev2Fact.ErrorReceived(sa.Id, sa.Path.Link, sa.Path.Remote, header.Exchange, NotifyType.InvalidIkeSpi, false));
                sa.Liveness.HandleHint(now);
                break;
            default:
                sa.Drop(IkeDrop.Unprotected);
                break;
        }
    }
}
