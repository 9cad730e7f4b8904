using System.Runtime.InteropServices;
using Acp.Core;
using Acp.Core.Esp;
using Acp.Linux.Interop;
using Acp.Linux.Namespaces;
using Acp.Linux.Sockets;

namespace Acp.Linux.DataPlane;

/// <summary>
/// A socket that ESP packets come and go by: raw ESP on one link in the abutment namespace, raw ESP over IPv6 or over IPv4
/// in the host's namespace, or the host's UDP socket for IKE and ESP. It receives every packet that arrives there, from
/// the ESP header on (raw IPv4: from the IP header on), and sends for all channels. Receiving has one owner; sending
/// is the kernel's to serialize.
/// </summary>
internal sealed unsafe class EspSocket : IDisposable
{
    // Room for a burst of several 64 KiB TCP packets, cut up. The kernel takes it only while packets wait.
    private const int ReceiveBuffer = 4 << 20;
    private const int SendBuffer = 1 << 20;

    private readonly FileDescriptor? _fd;
    private readonly Ipv6DatagramSocket? _udp;

    private EspSocket(EspCarrier carrier, FileDescriptor? fd, Ipv6DatagramSocket? udp, int mtu)
    {
        Carrier = carrier;
        _fd = fd;
        _udp = udp;
        Mtu = mtu;
    }

    public EspCarrier Carrier { get; }

    public int Fd => _udp?.Descriptor ?? _fd!.Value;

    /// <summary>The link's MTU when the socket was made; in the host's network the longest that is counted with.</summary>
    public int Mtu { get; }

    /// <exception cref="DataPlaneException">Not allowed, or the link is gone.</exception>
    public static EspSocket Open(NetworkNamespace ns, LinkId link)
    {
        var fd = Raw(ns, SocketConstants.AF_INET6);
        try
        {
            Option(fd.Value, SocketConstants.SOL_SOCKET, SocketConstants.SO_BINDTOIFINDEX, link.Value, $"bind the ESP socket to {link} of {ns}");
            Prepare(fd.Value);
            var request = new ifreq_int { ifr_value = link.Value };
            Check(LibC.ioctl(fd.Value, VirtioNet.SIOCGIFNAME, &request), $"find {link} in {ns}");
            Check(LibC.ioctl(fd.Value, VirtioNet.SIOCGIFMTU, &request), $"read the MTU of {link} in {ns}");
            return new EspSocket(EspCarrier.Link, fd, null, request.ifr_value);
        }
        catch
        {
            fd.Dispose();
            throw;
        }
    }

    /// <summary>Native ESP, IPv6 or IPv4, in the host's network; or the UDP socket there, which stays the caller's.</summary>
    /// <exception cref="DataPlaneException">Not allowed.</exception>
    public static EspSocket OpenHost(HostNetwork host, EspCarrier carrier)
    {
        if (carrier == EspCarrier.HostUdp)
        {
            Enlarge(host.NatTraversal.Descriptor, SocketConstants.SO_RCVBUFFORCE, SocketConstants.SO_RCVBUF, ReceiveBuffer);
            Enlarge(host.NatTraversal.Descriptor, SocketConstants.SO_SNDBUFFORCE, SocketConstants.SO_SNDBUF, SendBuffer);
            return new EspSocket(carrier, null, host.NatTraversal, EspOverhead.MaximumOuterMtu);
        }

        var fd = Raw(host.Namespace, carrier == EspCarrier.HostIpv4 ? SocketConstants.AF_INET : SocketConstants.AF_INET6);
        try
        {
            Prepare(fd.Value, carrier == EspCarrier.HostIpv4);
            return new EspSocket(carrier, fd, null, EspOverhead.MaximumOuterMtu);
        }
        catch
        {
            fd.Dispose();
            throw;
        }
    }

    public void Dispose() => _fd?.Dispose();

    private static FileDescriptor Raw(NetworkNamespace ns, int family)
    {
        using (ns.Enter())
        {
            return new FileDescriptor(Check(
                LibC.socket(family, SocketConstants.SOCK_RAW | SocketConstants.SOCK_CLOEXEC, SocketConstants.IPPROTO_ESP),
                $"open a raw ESP socket in {ns} (it takes CAP_NET_RAW)"));
        }
    }

    private static void Prepare(int fd, bool ipv4 = false)
    {
        if (!ipv4)
            Option(fd, SocketConstants.IPPROTO_IPV6, SocketConstants.IPV6_RECVPKTINFO, 1, "ask for destination addresses");

        // Fragment to the link's MTU (E-18), and believe no ICMP about anything smaller: whoever is on the link could send it.
        Option(
            fd, ipv4 ? SocketConstants.IPPROTO_IP : SocketConstants.IPPROTO_IPV6,
            ipv4 ? SocketConstants.IP_MTU_DISCOVER : SocketConstants.IPV6_MTU_DISCOVER, SocketConstants.PMTUDISC_OMIT, "set the MTU mode of the ESP socket");
        Enlarge(fd, SocketConstants.SO_RCVBUFFORCE, SocketConstants.SO_RCVBUF, ReceiveBuffer);
        Enlarge(fd, SocketConstants.SO_SNDBUFFORCE, SocketConstants.SO_SNDBUF, SendBuffer);
    }

    private static void Enlarge(int fd, int force, int ask, int octets)
    {
        // With a namespace's root only the polite form is allowed, and the system's limit applies.
        if (LibC.setsockopt(fd, SocketConstants.SOL_SOCKET, force, &octets, sizeof(int)) != 0)
            _ = LibC.setsockopt(fd, SocketConstants.SOL_SOCKET, ask, &octets, sizeof(int));
    }

    private static void Option(int fd, int level, int option, int value, string attempted) =>
        Check(LibC.setsockopt(fd, level, option, &value, sizeof(int)), attempted);

    private static int Check(int result, string attempted)
    {
        if (result >= 0)
            return result;
        var errno = Marshal.GetLastPInvokeError();
        throw new DataPlaneException($"cannot {attempted}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})");
    }
}
