using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>An empty INFORMATIONAL: are you there? (RFC 7296 §1.4; D-44)</summary>
internal sealed class LivenessExchange(bool hinted) : IkeExchange
{
    public override ExchangeType Type => ExchangeType.Informational;

    public override int Transmissions(Ikev2Options options) => hinted ? options.HintTransmissions : options.Transmissions;

    public override IReadOnlyList<IkePayload> BuildRequest(Instant now, IkeSa sa) => [];

    public override void HandleResponse(Instant now, IkeSa sa, IReadOnlyList<IkePayload> payloads)
    {
        // Any authentic answer will do.
    }
}
