using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>
/// One IKE message as this end understands it: what was protected is here in the clear. Never a secret: what IKE
/// carries are public values, signatures and certificates.
/// </summary>
/// <param name="Sent">By us; else received.</param>
/// <param name="Protected">It came or went inside SK or SKF.</param>
/// <param name="Octets">Of all its datagrams; of a message put together from fragments, what was inside.</param>
/// <param name="Datagrams">More than one when it was fragmented (RFC 7383).</param>
/// <param name="Refusal">Why the payloads cannot be read; there are none then.</param>
public sealed record TracedMessage(IkePath Path, bool Sent, IkeHeader Header, bool Protected, int Octets, int Datagrams,
    IReadOnlyList<IkePayload> Payloads, IkeRefusal Refusal)
{
    public IkeSaId IkeSa => new(Header.InitiatorSpi, Header.ResponderSpi);

    public override string ToString() =>
        $"{(Sent ? "sent" : "received")} {Header.Exchange} {(Header.IsResponse ? "response" : "request")} {Header.MessageId} of {IkeSa}: "
        + (Refusal == IkeRefusal.None ? string.Join(' ', Payloads.Select(p => p.Type)) : Refusal.ToString());
}
