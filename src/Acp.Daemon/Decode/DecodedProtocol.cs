namespace Acp.Daemon.Decode;

/// <summary>What octets are taken for.</summary>
internal enum DecodedProtocol
{
    /// <summary>Whatever they can be read as.</summary>
    Auto = 0,
    Grasp,

    /// <summary>IKEv2, also behind the non-ESP marker.</summary>
    Ike,

    /// <summary>ICMPv6 from its type on.</summary>
    Rpl,
    Esp,

    /// <summary>An IPv6 or IPv4 packet.</summary>
    Ip,
    Ethernet,
}
