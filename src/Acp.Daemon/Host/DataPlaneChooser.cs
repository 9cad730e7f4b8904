using Acp.Linux.DataPlane;
using Acp.Linux.Loop;
using Acp.Linux.Namespaces;
using Acp.Linux.Tun;
using Acp.Linux.Xfrm;

namespace Acp.Daemon.Host;

/// <summary>Picks who encrypts: as asked, or the kernel where trying shows that it can.</summary>
internal static class DataPlaneChooser
{
    /// <returns>The data plane and why it was chosen, in words.</returns>
    /// <exception cref="StartupException">What was asked for cannot be had here.</exception>
    public static (IDataPlane DataPlane, string Why) Choose(
        DataPlaneChoice choice, NodeNamespaces namespaces, IDataPlaneNews news, EventLoop loop)
    {
        try
        {
            if (choice == DataPlaneChoice.Userspace)
                return (Userspace(namespaces, news), "asked for by --dataplane");
            var probe = DataPlaneProbe.Probe();
            if (probe.Kind == DataPlaneKind.Kernel)
            {
                return (
                    new KernelDataPlane(namespaces.Abutment, namespaces.Acp, news, loop),
                    choice == DataPlaneChoice.Kernel ? "asked for by --dataplane" : probe.Reason);
            }

            if (choice == DataPlaneChoice.Kernel)
                throw new StartupException(ExitCode.System, $"--dataplane kernel: {probe.Reason}. Use --dataplane auto or userspace.");
            return (Userspace(namespaces, news), probe.Reason);
        }
        catch (DataPlaneException e)
        {
            throw new StartupException(ExitCode.System, e.Message, e);
        }
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
