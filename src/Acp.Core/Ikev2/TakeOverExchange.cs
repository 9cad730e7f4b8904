using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>
/// Our first word on an SA that takes the place of another. The peer sends on its child SA once it has heard it; then the old one is of no use
/// any more and is deleted (RFC 7296 §2.8.3).
/// </summary>
internal sealed class TakeOverExchange : IkeExchange
{
    public override ExchangeType Type => ExchangeType.Informational;

    public override IReadOnlyList<IkePayload> BuildRequest(Instant now, IkeSa sa) => [];

    public override void HandleResponse(Instant now, IkeSa sa, IReadOnlyList<IkePayload> payloads)
    {
        foreach (var old in sa.Channel?.Live.Where(s => s.IsOutdated && s != sa).ToList() ?? [])
            sa.Host.BeginDelete(now, old);
    }
}
