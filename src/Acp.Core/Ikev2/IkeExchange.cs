using Acp.Core.Time;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>One exchange that we began inside an IKE SA: its request, and what its answer or silence means.</summary>
internal abstract class IkeExchange
{
    public abstract ExchangeType Type { get; }

    /// <summary>Concerns a child SA, so that a rekeyed IKE SA takes it over while it waits for its turn.</summary>
    public virtual bool ConcernsChild => false;

    /// <summary>How often the request may be transmitted.</summary>
    public virtual int Transmissions(Ikev2Options options) => options.Transmissions;

    /// <summary>False when events have made it pointless before its turn came.</summary>
    public virtual bool IsWanted(IkeSa sa) => true;

    /// <summary>The payloads of the request; asked once, when its turn comes (window 1).</summary>
    public abstract IReadOnlyList<IkePayload> BuildRequest(Instant now, IkeSa sa);

    public abstract void HandleResponse(Instant now, IkeSa sa, IReadOnlyList<IkePayload> payloads);

    /// <summary>Nobody answered: the peer is dead (D-44).</summary>
    public virtual void HandleSilence(Instant now, IkeSa sa)
    {
        Abandon();
        sa.Host.Ended(now, sa, ChannelCloseReason.DeadPeer, false);
    }

    /// <summary>It will not be begun, or its answer is of no interest any more.</summary>
    public virtual void Abandon()
    {
    }
}
