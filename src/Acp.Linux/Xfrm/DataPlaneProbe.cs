using System.Security.Cryptography;
using Acp.Core;
using Acp.Linux.DataPlane;
using Acp.Linux.Interop;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Wire;

namespace Acp.Linux.Xfrm;

/// <summary>
/// Finds out by trying whether the kernel can carry child SAs: opens a channel and installs a child SA in two scratch
/// namespaces, which may load modules (esp6, xfrm_interface, xfrm_user, gcm) as a side effect, and leaves nothing behind.
/// </summary>
public static class DataPlaneProbe
{
    /// <summary>The loopback interface's index in every namespace.</summary>
    private const int Loopback = 1;

    private static readonly Ipv6Address Local = Ipv6Address.Parse("fe80::1");
    private static readonly Ipv6Address Remote = Ipv6Address.Parse("fe80::2");

    /// <summary>Never throws for what a kernel lacks: that is the answer.</summary>
    public static DataPlaneProbeResult Probe()
    {
        try
        {
            using var abutment = NetworkNamespace.CreateUnnamed();
            using var acp = NetworkNamespace.CreateUnnamed();
            using var plane = new KernelDataPlane(abutment, acp);
            TryOneChannel(plane, abutment);
            EspAlgorithm[] algorithms = TryInstall(plane, EspAlgorithm.ChaCha20Poly1305)
                ? [EspAlgorithm.AesGcm256, EspAlgorithm.ChaCha20Poly1305]
                : [EspAlgorithm.AesGcm256];
            return new DataPlaneProbeResult(DataPlaneKind.Kernel, "kernel: xfrm interfaces and AES-GCM-256 ESP states work") { Algorithms = algorithms };
        }
        catch (Exception e) when (e is DataPlaneException or SystemCallException or NetlinkException)
        {
            return new DataPlaneProbeResult(DataPlaneKind.Userspace, $"user space: the kernel cannot carry ESP ({Explain(e)}{e.Message})");
        }
    }

    private static void TryOneChannel(KernelDataPlane plane, NetworkNamespace abutment)
    {
        // The loopback interface stands for the link: an empty namespace has no other, and no packet is sent.
        using var routes = new RouteSocket(abutment);
        routes.SetUp(Loopback);
        plane.OpenChannel(Spec());
        plane.InstallChildSa(ChildSa(EspAlgorithm.AesGcm256));
    }

    /// <summary>What only some kernels have (rfc7539esp), in the channel that is open.</summary>
    private static bool TryInstall(KernelDataPlane plane, EspAlgorithm algorithm)
    {
        try
        {
            plane.InstallChildSa(ChildSa(algorithm));
            return true;
        }
        catch (DataPlaneException)
        {
            return false;
        }
    }

    private static ChannelSpec Spec() => new(
        new ChannelId(1), new LinkId(Loopback), Local, Remote, "acp_probe", 1400, Ipv6Address.Parse("fe80::3"));

    private static ChildSaParameters ChildSa(EspAlgorithm algorithm) => new(
        new ChannelId(1),
        new LinkId(Loopback),
        Local,
        Remote,
        InboundSpi: 0x1001 + 2 * (uint)algorithm,
        OutboundSpi: 0x1002 + 2 * (uint)algorithm,
        algorithm,
        ExtendedSequenceNumbers: true,
        RandomKey(),
        RandomKey());

    private static SecretBytes RandomKey()
    {
        var key = new SecretBytes(36);
        RandomNumberGenerator.Fill(key.Span);
        return key;
    }

    /// <summary>The kernel's errno says which part is missing, to those who know; this says it to the others.</summary>
    private static string Explain(Exception e)
    {
        var cause = e.InnerException ?? e;
        return cause switch
        {
            NetlinkException { Errno: Errno.EOPNOTSUPP } when cause.Message.Contains("xfrm interface", StringComparison.Ordinal) =>
                "no xfrm interface support; ",
            NetlinkException { Errno: Errno.EPROTONOSUPPORT or Errno.ENOENT or Errno.ENOPROTOOPT }
                when cause.Message.Contains("ESP state", StringComparison.Ordinal) => "no esp6 or no rfc4106(gcm(aes)); ",
            SystemCallException { Errno: Errno.EPROTONOSUPPORT } => "no xfrm_user; ",
            NetlinkException { Errno: Errno.EPERM } or SystemCallException { Errno: Errno.EPERM } => "not allowed, CAP_NET_ADMIN and CAP_SYS_ADMIN are needed; ",
            _ => "",
        };
    }
}
