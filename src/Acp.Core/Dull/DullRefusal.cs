namespace Acp.Core.Dull;

/// <summary>Why DULL took no notice of a datagram, or of one objective in it. All drops are silent (RFC 8990 §2.5.2).</summary>
public enum DullRefusal
{
    None = 0,

    /// <summary>The link is down, or has no link-local address yet.</summary>
    LinkDown,

    /// <summary>Our own, looped back.</summary>
    OwnDatagram,

    /// <summary>B-10.</summary>
    SourceNotLinkLocal,

    /// <summary>Not a GRASP message; <see cref="DullCounters.Undecodable"/> says why.</summary>
    NotGrasp,

    /// <summary>M_NOOP, M_DISCOVERY (which we need not answer, B-14), or a message that is never multicast.</summary>
    NotAFlood,

    /// <summary>B-09.</summary>
    LoopCountNotOne,

    /// <summary>The initiator is not the packet's source (B-19, B-21).</summary>
    InitiatorNotSource,

    /// <summary>Not an objective of an insecure bootstrap service (B-11).</summary>
    ForeignObjective,

    /// <summary>AN_ACP while we have no certificate, AN_Proxy while we have one (B-26).</summary>
    NotSought,

    /// <summary>Without F_SYNCH. Other flags beside it are tolerated: graspy sends 5.</summary>
    NotSynchronization,

    /// <summary>Not of RFC 8994 Figure 7's form.</summary>
    BadValue,

    /// <summary>A locator of another kind (B-20), or none where the objective needs one.</summary>
    LocatorNotIpv6,

    /// <summary>Somebody else's address (B-20, B-21).</summary>
    LocatorNotSource,

    /// <summary>Not the transport of that method, or port 0.</summary>
    BadEndpoint,

    /// <summary>No port is given and the method has no default (B-22).</summary>
    NoPort,

    /// <summary>The cache is full of authenticated neighbours .</summary>
    TableFull,
}
