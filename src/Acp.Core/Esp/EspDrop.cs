namespace Acp.Core.Esp;

/// <summary>Why an ESP packet, in or out, went no further. The data planes count by it (E-24).</summary>
public enum EspDrop
{
    None = 0,

    /// <summary>Too short for ESP, or not aligned.</summary>
    TooShort,

    /// <summary>No SA has that SPI on that link.</summary>
    UnknownSpi,

    /// <summary>The SA is for other outer addresses (RFC 4301 §4.4.2).</summary>
    WrongAddress,

    /// <summary>A sequence number already seen, or zero (RFC 4303 §3.4.3).</summary>
    Replayed,

    /// <summary>Left of the replay window.</summary>
    TooOld,

    /// <summary>The ICV is wrong.</summary>
    AuthenticationFailed,

    /// <summary>Authentic, but the padding is not as it must be.</summary>
    BadPadding,

    /// <summary>Authentic cover traffic, next header 59: discarded in silence (RFC 4303 §2.6).</summary>
    Dummy,

    /// <summary>Authentic, but not an IPv6 packet inside (E-14).</summary>
    NotIpv6,

    /// <summary>The inner IPv6 header claims more octets than there are.</summary>
    BadInnerLength,

    /// <summary>Outbound: this SA's sequence numbers are used up (RFC 4303 §3.3.3); only a rekey helps.</summary>
    SequenceExhausted,

    /// <summary>This SA has carried as much as it may (RFC 4301 §4.4.2.1).</summary>
    LifetimeOver,

    /// <summary>Outbound: longer than the channel's MTU or than the buffer. Inbound: cut off by the receive buffer.</summary>
    TooBig,

    /// <summary>Outbound: no child SA is installed.</summary>
    NoSa,

    /// <summary>The system did not take it (queue full, no such neighbour, link down).</summary>
    NotSent,
}
