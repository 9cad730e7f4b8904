namespace Acp.Wire.Netlink;

/// <summary>Why bytes are not the netlink message they should be.</summary>
public enum NetlinkRefusal
{
    None = 0,

    /// <summary>Fewer octets than the header, or than a length field promises.</summary>
    Truncated,

    /// <summary>A length field smaller than its own header.</summary>
    BadLength,

    /// <summary>Another message type than asked for.</summary>
    UnexpectedType,

    /// <summary>An attribute whose payload has not the size its type has.</summary>
    BadAttribute,

    /// <summary>A message of another address family: bridge port news, IPv4.</summary>
    OtherFamily,
}
