using System.Runtime.InteropServices;
using System.Text;
using Acp.Linux.DataPlane;
using Acp.Linux.Interop;
using Acp.Linux.Namespaces;

namespace Acp.Linux.Tun;

/// <summary>
/// A TUN interface in one namespace: what the kernel sends into it is read here, what is written here the kernel
/// receives from it. Every packet has a <see cref="virtio_net_hdr"/> in front. Reads do not block. It is gone with the
/// descriptor, also when the process is killed. Reading has one owner, and writing has one.
/// </summary>
public sealed unsafe class TunDevice : IDisposable
{
    /// <summary>Octets before each packet, in both directions.</summary>
    public const int HeaderSize = 10;

    /// <summary>The most octets one read gives: an IPv6 packet of the greatest length behind the header.</summary>
    public const int MaximumRead = HeaderSize + 40 + 65535;

    private const int MaximumName = 15;

    private readonly FileDescriptor _fd;

    private TunDevice(FileDescriptor fd, string name, int index, bool segmentsTcp)
    {
        _fd = fd;
        Name = name;
        Index = index;
        SegmentsTcp = segmentsTcp;
    }

    public string Name { get; }

    /// <summary>Interface index in its namespace.</summary>
    public int Index { get; }

    public int Fd => _fd.Value;

    /// <summary>The kernel hands over long TCP packets whole, and checksums unfinished; <see cref="TcpSegmenter"/> does the rest.</summary>
    public bool SegmentsTcp { get; }

    /// <exception cref="DataPlaneException">No TUN here, not allowed, or the name is taken.</exception>
    public static TunDevice Create(NetworkNamespace ns, string name)
    {
        if (name.Length is 0 or > MaximumName || name.AsSpan().ContainsAny('/', ' ', '%') || !Ascii.IsValid(name))
            throw new DataPlaneException($"'{name}' cannot name an interface: at most {MaximumName} plain characters");
        using (ns.Enter())
        {
            var fd = OpenClone();
            try
            {
                var request = default(ifreq_flags);
                Encoding.ASCII.GetBytes(name, new Span<byte>(request.ifr_name, MaximumName));

                // IFF_TUN_EXCL: never take over somebody's persistent interface of that name.
                request.ifr_flags = TunConstants.IFF_TUN | TunConstants.IFF_NO_PI | TunConstants.IFF_VNET_HDR | TunConstants.IFF_TUN_EXCL;
                Check(LibC.ioctl(fd.Value, TunConstants.TUNSETIFF, &request), $"make the TUN interface {name}");
                var size = HeaderSize;
                Check(LibC.ioctl(fd.Value, TunConstants.TUNSETVNETHDRSZ, &size), $"set the packet header size of {name}");

                // An old kernel may refuse; then it segments and sums by itself.
                const nint offloads = VirtioNet.TUN_F_CSUM | VirtioNet.TUN_F_TSO6;
                var segments = LibC.ioctl(fd.Value, TunConstants.TUNSETOFFLOAD, (void*)offloads) == 0;
                var index = (int)LibC.if_nametoindex(name);
                Check(index == 0 ? -1 : 0, $"find the new TUN interface {name}");
                return new TunDevice(fd, name, index, segments);
            }
            catch
            {
                fd.Dispose();
                throw;
            }
        }
    }

    public void Dispose() => _fd.Dispose();

    public override string ToString() => Name;

    private static FileDescriptor OpenClone()
    {
        var fd = LibC.open("/dev/net/tun", Fcntl.O_RDWR | Fcntl.O_NONBLOCK | Fcntl.O_CLOEXEC, 0);
        if (fd >= 0)
            return new FileDescriptor(fd);
        var errno = Marshal.GetLastPInvokeError();
        var reason = Marshal.GetPInvokeErrorMessage(errno);
        throw new DataPlaneException(errno switch
        {
            Errno.ENOENT => "there is no /dev/net/tun: in a container give it the device (docker run --device /dev/net/tun), elsewhere make it with mknod /dev/net/tun c 10 200",
            Errno.ENODEV => "this kernel has no TUN driver (CONFIG_TUN, module tun)",
            Errno.EPERM or Errno.EACCES => "not allowed to open /dev/net/tun: it takes root or CAP_NET_ADMIN, and in a container the device must be allowed",
            _ => $"cannot open /dev/net/tun: {reason} (errno {errno})",
        });
    }

    private static void Check(int result, string attempted)
    {
        if (result >= 0)
            return;
        var errno = Marshal.GetLastPInvokeError();
        var hint = errno switch
        {
            Errno.EPERM => "; it takes CAP_NET_ADMIN",
            Errno.EBUSY or Errno.EEXIST => "; an interface of that name exists",
            _ => "",
        };
        throw new DataPlaneException($"cannot {attempted}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno}){hint}");
    }
}
