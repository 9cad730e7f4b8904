namespace Acp.Linux.Interop;

/// <summary>linux/if_tun.h.</summary>
public static class TunConstants
{
    public const uint TUNSETIFF = 0x400454ca;
    public const uint TUNSETPERSIST = 0x400454cb;
    public const uint TUNSETVNETHDRSZ = 0x400454d8;
    public const uint TUNSETOFFLOAD = 0x400454d0;
    public const short IFF_TUN = 1;
    public const short IFF_NO_PI = 0x1000;
    public const short IFF_VNET_HDR = 0x4000;
    public const short IFF_TUN_EXCL = unchecked((short)0x8000);
}
