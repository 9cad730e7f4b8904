namespace Acp.Core.Ikev2;

/// <summary>Why a well-formed IKE message was ignored; a counter each.</summary>
public enum IkeDrop
{
    None = 0,

    /// <summary>No such IKE SA (a request is answered with INVALID_IKE_SPI, at a limited rate).</summary>
    UnknownSpi,

    /// <summary>Right SPI, wrong link, address or port (D-52).</summary>
    WrongPath,

    /// <summary>Neither the non-ESP marker nor a keepalive on the NAT traversal port (RFC 3948 §2.2).</summary>
    NoMarker,

    /// <summary>The integrity check failed.</summary>
    Integrity,

    /// <summary>A message ID outside the window (D-09).</summary>
    MessageId,

    /// <summary>A response nobody waits for, or a request whose answer is still being made.</summary>
    Unexpected,

    /// <summary>The exchange does not fit the state of the SA.</summary>
    WrongState,

    /// <summary>In the clear where protection is required.</summary>
    Unprotected,

    /// <summary>The half-open table is full .</summary>
    HalfOpenLimit,

    /// <summary>A COOKIE was demanded instead (D-11).</summary>
    CookieDemanded,

    /// <summary>An error answer, or an answer sent again, would have exceeded its rate.</summary>
    RateLimited,

    /// <summary>A fragment that is held already, of another cut of the message, or not agreed upon (RFC 7383 §2.6).</summary>
    Fragment,

    /// <summary>More fragments or octets than we hold.</summary>
    FragmentLimit,
}
