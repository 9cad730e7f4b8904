namespace Acp.Core.Ikev2;

/// <summary>Where an IKE SA stands.</summary>
public enum IkeSaState
{
    /// <summary>Initiator: IKE_SA_INIT sent, or answered and our signature being made: no IKE_AUTH has left.</summary>
    Initiating,

    /// <summary>Initiator: IKE_AUTH sent, or its answer being checked.</summary>
    Authenticating,

    /// <summary>Responder: IKE_SA_INIT answered.</summary>
    HalfOpen,

    Established,

    /// <summary>We delete it; its DELETE is under way.</summary>
    Closing,

    /// <summary>Gone; only answers retransmissions of the last request.</summary>
    Closed,
}
