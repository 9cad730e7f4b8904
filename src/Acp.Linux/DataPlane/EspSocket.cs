using System.Runtime.InteropServices;
using Acp.Core;
using Acp.Linux.Interop;
using Acp.Linux.Namespaces;

namespace Acp.Linux.DataPlane;

/// <summary>
/// The raw ESP socket of one link in the abutment namespace: it receives every ESP packet that arrives there, from the
/// ESP header on, and sends for all channels of the link. Receiving has one owner; sending is the kernel's to serialize.
/// </summary>
internal sealed unsafe class EspSocket : IDisposable
{
    // Room for a burst of several 64 KiB TCP packets, cut up. The kernel takes it only while packets wait.
    private const int ReceiveBuffer = 4 << 20;
    private const int SendBuffer = 1 << 20;
    private const int IPV6_PMTUDISC_OMIT = 5;

    private readonly FileDescriptor _fd;

    private EspSocket(FileDescriptor fd, int mtu)
    {
        _fd = fd;
        Mtu = mtu;
    }

    public int Fd => _fd.Value;

    /// <summary>The link's MTU when the socket was made.</summary>
    public int Mtu { get; }

    /// <exception cref="DataPlaneException">Not allowed, or the link is gone.</exception>
    public static EspSocket Open(NetworkNamespace ns, LinkId link)
    {
        FileDescriptor fd;
        using (ns.Enter())
        {
            var raw = LibC.socket(SocketConstants.AF_INET6, SocketConstants.SOCK_RAW | SocketConstants.SOCK_CLOEXEC, SocketConstants.IPPROTO_ESP);
            fd = new FileDescriptor(Check(raw, $"open a raw ESP socket in {ns} (it takes CAP_NET_RAW)"));
        }

        try
        {
            Option(fd, SocketConstants.SOL_SOCKET, SocketConstants.SO_BINDTOIFINDEX, link.Value, $"bind the ESP socket to {link} of {ns}");
            Option(fd, SocketConstants.IPPROTO_IPV6, SocketConstants.IPV6_RECVPKTINFO, 1, "ask for destination addresses");

            // Fragment to the link's MTU (E-18), and believe no ICMP about anything smaller: whoever is on the link could send it.
            Option(fd, SocketConstants.IPPROTO_IPV6, SocketConstants.IPV6_MTU_DISCOVER, IPV6_PMTUDISC_OMIT, "set the MTU mode of the ESP socket");
            Enlarge(fd, SocketConstants.SO_RCVBUFFORCE, SocketConstants.SO_RCVBUF, ReceiveBuffer);
            Enlarge(fd, SocketConstants.SO_SNDBUFFORCE, SocketConstants.SO_SNDBUF, SendBuffer);

            var request = new ifreq_int { ifr_value = link.Value };
            Check(LibC.ioctl(fd.Value, VirtioNet.SIOCGIFNAME, &request), $"find {link} in {ns}");
            Check(LibC.ioctl(fd.Value, VirtioNet.SIOCGIFMTU, &request), $"read the MTU of {link} in {ns}");
            return new EspSocket(fd, request.ifr_value);
        }
        catch
        {
            fd.Dispose();
            throw;
        }
    }

    public void Dispose() => _fd.Dispose();

    private static void Enlarge(FileDescriptor fd, int force, int ask, int octets)
    {
        // With a namespace's root only the polite form is allowed, and the system's limit applies.
        if (LibC.setsockopt(fd.Value, SocketConstants.SOL_SOCKET, force, &octets, sizeof(int)) != 0)
            _ = LibC.setsockopt(fd.Value, SocketConstants.SOL_SOCKET, ask, &octets, sizeof(int));
    }

    private static void Option(FileDescriptor fd, int level, int option, int value, string attempted) =>
        Check(LibC.setsockopt(fd.Value, level, option, &value, sizeof(int)), attempted);

    private static int Check(int result, string attempted)
    {
        if (result >= 0)
            return result;
        var errno = Marshal.GetLastPInvokeError();
        throw new DataPlaneException($"cannot {attempted}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})");
    }
}
