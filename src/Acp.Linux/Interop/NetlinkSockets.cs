namespace Acp.Linux.Interop;

/// <summary>linux/netlink.h: what the socket itself needs. Message constants are with the codecs, in Acp.Wire.Netlink.</summary>
public static class NetlinkSockets
{
    public const int NETLINK_ROUTE = 0;
    public const int NETLINK_XFRM = 6;
    public const int NETLINK_GENERIC = 16;

    public const int SOL_NETLINK = 270;
    public const int NETLINK_ADD_MEMBERSHIP = 1;
    public const int NETLINK_DROP_MEMBERSHIP = 2;
    public const int NETLINK_PKTINFO = 3;
    public const int NETLINK_BROADCAST_ERROR = 4;
    public const int NETLINK_NO_ENOBUFS = 5;
    public const int NETLINK_LISTEN_ALL_NSID = 8;
    public const int NETLINK_CAP_ACK = 10;
    public const int NETLINK_EXT_ACK = 11;
    public const int NETLINK_GET_STRICT_CHK = 12;
}
