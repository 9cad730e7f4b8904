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
                DataPlaneKind.Kernel, choice == DataPlaneChoice.Kernel ? "asked for by --dataplane" : probe.Reason, probe.Algorithms,
                MaySplit: choice == DataPlaneChoice.Auto);
        }

        if (choice == DataPlaneChoice.Kernel)
            throw new StartupException(ExitCode.System, $"--dataplane kernel: {probe.Reason}. Use --dataplane auto or userspace.");
        return new DataPlanePlan(DataPlaneKind.Userspace, probe.Reason, UserspaceAlgorithms);
    }

    /// <param name="host">The host's network, where there are neighbours across it: user-space ESP carries their channels even beside the kernel's.</param>
    /// <param name="narrow">Told of each channel that user space carries because the kernel cannot, its link being too narrow.</param>
    /// <exception cref="StartupException">It cannot be had here after all.</exception>
    public static IDataPlane Make(
        DataPlanePlan plan, NodeNamespaces namespaces, IDataPlaneNews news, EventLoop loop, HostNetwork? host, Action<ChannelSpec> narrow)
    {
        try
        {
            if (plan.Kind != DataPlaneKind.Kernel)
                return Userspace(namespaces, news, host);
            // The host's network is listened to from the start. What failed to be made may be tried again.
            var userspace = host is null
                ? new Lazy<IDataPlane>(() => LateUserspace(namespaces, news), LazyThreadSafetyMode.PublicationOnly)
                : new Lazy<IDataPlane>(Userspace(namespaces, news, host));
            var kernel = new KernelDataPlane(namespaces.Abutment, namespaces.Acp, news, loop);
            return new SplitDataPlane(kernel, userspace, channel =>
            {
                if (channel.Link == LinkId.HostNetwork)
                    return true;
                if (!plan.MaySplit || kernel.Suits(channel.Link))
                    return false;
                narrow(channel);
                return true;
            });
        }
        catch (DataPlaneException e)
        {
            throw new StartupException(ExitCode.System, e.Message, e);
        }
    }

    private static IReadOnlyList<EspAlgorithm> UserspaceAlgorithms => ChaCha20Poly1305.IsSupported
        ? [EspAlgorithm.AesGcm256, EspAlgorithm.ChaCha20Poly1305]
        : [EspAlgorithm.AesGcm256];

    // What is missing did not matter until now.
    private static UserspaceDataPlane LateUserspace(NodeNamespaces namespaces, IDataPlaneNews news)
    {
        try
        {
            return Userspace(namespaces, news, null);
        }
        catch (StartupException e)
        {
            throw new DataPlaneException(e.Message, e);
        }
    }

    private static UserspaceDataPlane Userspace(NodeNamespaces namespaces, IDataPlaneNews news, HostNetwork? host)
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

        var userspace = new UserspaceDataPlane(namespaces.Abutment, namespaces.Acp, news);
        if (host is null)
            return userspace;
        try
        {
            userspace.UseHostNetwork(host);
            return userspace;
        }
        catch (DataPlaneException e)
        {
            userspace.Dispose();
            throw new StartupException(ExitCode.System, $"--neighbor: {e.Message}", e);
        }
    }

    private const string TunPath = "/dev/net/tun";
}
