using System.Security.Cryptography;
using Acp.Core;
using Acp.Linux.DataPlane;
using Acp.Linux.Loop;
using Acp.Linux.Namespaces;
using Acp.Linux.Sockets;
using Acp.Linux.Tun;
using Acp.Linux.Xfrm;

namespace Acp.Daemon.Host;

/// <summary>Picks who encrypts: as asked, or the kernel where trying shows that it can.</summary>
internal static class DataPlaneChooser
{
    /// <exception cref="StartupException">What was asked for cannot be had here.</exception>
    public static DataPlanePlan Plan(DataPlaneChoice choice)
    {
        if (choice == DataPlaneChoice.Userspace)
            return new DataPlanePlan(DataPlaneKind.Userspace, "asked for by --dataplane", UserspaceAlgorithms);
        var probe = DataPlaneProbe.Probe();
        if (probe.Kind == DataPlaneKind.Kernel)
        {
            return new DataPlanePlan(
                DataPlaneKind.Kernel, choice == DataPlaneChoice.Kernel ? "asked for by --dataplane" : probe.Reason, probe.Algorithms);
        }

        if (choice == DataPlaneChoice.Kernel)
            throw new StartupException(ExitCode.System, $"--dataplane kernel: {probe.Reason}. Use --dataplane auto or userspace.");
        return new DataPlanePlan(DataPlaneKind.Userspace, probe.Reason, UserspaceAlgorithms);
    }

    /// <exception cref="StartupException">It cannot be had here after all.</exception>
    public static IDataPlane Make(DataPlanePlan plan, NodeNamespaces namespaces, IDataPlaneNews news, EventLoop loop)
    {
        try
        {
            return plan.Kind == DataPlaneKind.Kernel
                ? new KernelDataPlane(namespaces.Abutment, namespaces.Acp, news, loop)
                : Userspace(namespaces, news);
        }
        catch (DataPlaneException e)
        {
            throw new StartupException(ExitCode.System, e.Message, e);
        }
    }

    private static IReadOnlyList<EspAlgorithm> UserspaceAlgorithms => ChaCha20Poly1305.IsSupported
        ? [EspAlgorithm.AesGcm256, EspAlgorithm.ChaCha20Poly1305]
        : [EspAlgorithm.AesGcm256];

    /// <summary>The same with channels over the host's network, which user-space ESP carries even beside a kernel data plane.</summary>
    /// <exception cref="StartupException">User-space ESP cannot be had here.</exception>
    public static IDataPlane WithHostNetwork(IDataPlane chosen, HostNetwork host, NodeNamespaces namespaces, IDataPlaneNews news)
    {
        var userspace = chosen as UserspaceDataPlane ?? Userspace(namespaces, news);
        try
        {
            userspace.UseHostNetwork(host);
        }
        catch (DataPlaneException e)
        {
            throw new StartupException(ExitCode.System, $"--neighbor: {e.Message}", e);
        }

        return userspace == chosen ? userspace : new SplitDataPlane(chosen, userspace);
    }

    private static UserspaceDataPlane Userspace(NodeNamespaces namespaces, IDataPlaneNews news)
    {
        if (!File.Exists(TunPath))
        {
            throw new StartupException(
                ExitCode.System,
                $"{TunPath} is missing, which user-space ESP needs: 'modprobe tun', or 'mkdir -p /dev/net && mknod {TunPath} c 10 200'; "
                + "in a container, pass the device in.");
        }

        try
        {
            // By trying: a device that is there may be forbidden, or be something else under that name.
            TunDevice.Create(namespaces.Acp, "acpd-try").Dispose();
        }
        catch (DataPlaneException e)
        {
            throw new StartupException(
                ExitCode.System, $"{TunPath} cannot be used, which user-space ESP needs: {e.Message}. In a container, pass the device in and allow it.", e);
        }

        return new UserspaceDataPlane(namespaces.Abutment, namespaces.Acp, news);
    }

    private const string TunPath = "/dev/net/tun";
}
