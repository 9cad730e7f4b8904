using System.Buffers.Binary;
using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>
/// Stands before everything else when so many SAs are half-open that a COOKIE is demanded from all (RFC 7296 §2.6): looks at the
/// bare octets of an IKE_SA_INIT request, keeps nothing, and costs one HMAC at most.
/// <para>
/// Neighbours that we expect always get their answer. Strangers get few: each answer to an address that is not there makes the kernel ask for
/// it, and its table of neighbours, which the established channels need, holds a thousand (gc_thresh3).
/// </para>
/// </summary>
internal sealed class InitGate(IkeSaHost host, CookieJar cookies, Func<IkePath, bool> isExpected)
{
    private readonly TokenBucket _strangers = new(host.Options.StrangerCookiesPerSecond);

    /// <summary>True when the request ends here: it was answered with a COOKIE, or not at all.</summary>
    public bool TurnsAway(Instant now, IkePath path, IkeHeader header, ReadOnlySpan<byte> datagram)
    {
        // Who has a half-open SA may be repeating the request that made it, which needed no cookie then.
        if (host.HalfOpen.Count < host.Options.CookieTotal || header.ResponderSpi != 0 || header.InitiatorSpi == 0
            || host.HalfOpen.CountFor(path) > 0
            || !TryFindNonce(header, datagram, out var nonce, out var cookie))
            return false;
        if (!cookie.IsEmpty && cookies.IsValid(now, cookie, path, header.InitiatorSpi, nonce))
            return false;
        var id = new IkeSaId(header.InitiatorSpi, 0);
        if (!isExpected(path) && !_strangers.TryTake(now))
        {
            host.Facts.Add(new Ikev2Fact.Dropped(id, path.Link, path.Remote, IkeDrop.RateLimited));
            return true;
        }

        host.Facts.Add(new Ikev2Fact.Dropped(id, path.Link, path.Remote, IkeDrop.CookieDemanded));
        var demand = new NotifyPayload(NotifyType.Cookie, cookies.Make(now, path, header.InitiatorSpi, nonce));
        var answer = IkeMessage.Encode(IkeHeader.Create(header.InitiatorSpi, 0, ExchangeType.IkeSaInit, IkeFlags.Response, 0), [demand]);
        host.Tracer?.NoteSent(path, answer);
        host.Actions.Add(path.Datagram(answer, host.Options));
        return true;
    }

    /// <summary>
    /// Walks the payloads' headers (RFC 7296 §3.2). False when there is no nonce or the chain is broken: the decoder will say what is wrong.
    /// </summary>
    private static bool TryFindNonce(IkeHeader header, ReadOnlySpan<byte> datagram, out ReadOnlySpan<byte> nonce, out ReadOnlySpan<byte> cookie)
    {
        nonce = cookie = default;
        var type = header.NextPayload;
        for (var rest = datagram[IkeHeader.Size..]; type != PayloadType.None && rest.Length >= IkePayloadCodec.HeaderSize;)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (length < IkePayloadCodec.HeaderSize || length > rest.Length)
                return false;
            var body = rest[IkePayloadCodec.HeaderSize..length];
            if (type == PayloadType.Nonce)
                nonce = body;
            // Protocol, SPI size, notify type; a cookie comes without SPI.
            else if (type == PayloadType.Notify && body.Length > 4 && body[1] == 0
                     && BinaryPrimitives.ReadUInt16BigEndian(body[2..]) == (ushort)NotifyType.Cookie)
                cookie = body[4..];
            type = (PayloadType)rest[0];
            rest = rest[length..];
        }

        return !nonce.IsEmpty;
    }
}
