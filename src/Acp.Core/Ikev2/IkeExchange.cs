using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>One exchange that we began inside an IKE SA: its request, and what its answer or silence means.</summary>
internal abstract class IkeExchange
{
    public abstract ExchangeType Type { get; }

    /// <summary>How often the request may be transmitted.</summary>
    public virtual int Transmissions(Ikev2Options options) => options.Transmissions;

    /// <summary>The payloads of the request; asked once, when its turn comes (window 1).</summary>
    public abstract IReadOnlyList<IkePayload> BuildRequest(Instant now, IkeSa sa);

    public abstract void HandleResponse(Instant now, IkeSa sa, IReadOnlyList<IkePayload> payloads);

    /// <summary>Nobody answered: the peer is dead (D-44).</summary>
    public virtual void HandleSilence(Instant now, IkeSa sa) => sa.Host.Ended(now, sa, ChannelCloseReason.DeadPeer, false);
}
