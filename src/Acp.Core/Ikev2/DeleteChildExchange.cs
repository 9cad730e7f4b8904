using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>Deletes one child SA pair (RFC 7296 §1.4.1). It receives until the peer has confirmed (E-16).</summary>
internal sealed class DeleteChildExchange(ChildSa child) : IkeExchange
{
    public override ExchangeType Type => ExchangeType.Informational;

    public override IReadOnlyList<IkePayload> BuildRequest(Instant now, IkeSa sa) => [DeletePayload.Esp(child.InboundSpi)];

    public override void HandleResponse(Instant now, IkeSa sa, IReadOnlyList<IkePayload> payloads) => sa.Host.RemoveChild(now, child);
}
