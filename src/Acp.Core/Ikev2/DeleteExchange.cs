using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>Ends the IKE SA and all its children (RFC 7296 §1.4.1; D-46), or tells the peer that we do not accept it (§2.21.2).</summary>
internal sealed class DeleteExchange(bool authenticationFailed) : IkeExchange
{
    public override ExchangeType Type => ExchangeType.Informational;

    public override int Transmissions(Ikev2Options options) => options.DeleteTransmissions;

    /// <remarks>The notify alone should do; Libreswan 4.10 passes it over and would keep the IKE SA and its child.</remarks>
    public override IReadOnlyList<IkePayload> BuildRequest(Instant now, IkeSa sa) =>
        authenticationFailed ? [new NotifyPayload(NotifyType.AuthenticationFailed), DeletePayload.IkeSa()] : [DeletePayload.IkeSa()];

    public override void HandleResponse(Instant now, IkeSa sa, IReadOnlyList<IkePayload> payloads) => sa.Host.Finished(now, sa);

    public override void HandleSilence(Instant now, IkeSa sa) => sa.Host.Finished(now, sa);
}
