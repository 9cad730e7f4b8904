using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>Deletes one child SA pair (RFC 7296 §1.4.1). It receives until the peer has confirmed (E-16).</summary>
/// <param name="child">Null for one that only the peer made, since its answer was of no use to us.</param>
internal sealed class DeleteChildExchange(uint inboundSpi, ChildSa? child) : IkeExchange
{
    public override ExchangeType Type => ExchangeType.Informational;

    public override bool ConcernsChild => true;

    public override bool IsWanted(IkeSa sa) => child is not { IsGone: true };

    /// <summary>This is the deletion of <paramref name="other"/>.</summary>
    public bool Deletes(ChildSa other) => child == other;

    public override IReadOnlyList<IkePayload> BuildRequest(Instant now, IkeSa sa) => [DeletePayload.Esp(inboundSpi)];

    public override void HandleResponse(Instant now, IkeSa sa, IReadOnlyList<IkePayload> payloads)
    {
        if (child is not null)
            sa.Host.ChildSas.Remove(now, child);
    }
}
