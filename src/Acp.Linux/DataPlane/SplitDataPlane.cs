using Acp.Core;

namespace Acp.Linux.DataPlane;

/// <summary>Kernel ESP, and user-space ESP for the channels that it cannot carry: over the host's network, or on links too narrow for it.</summary>
/// <param name="kernel">Owned.</param>
/// <param name="userspace">Made when the first channel needs it, if it is not there before; owned. Making it may throw <see cref="DataPlaneException"/>.</param>
/// <param name="needsUserspace">Asked of each channel when it is opened.</param>
public sealed class SplitDataPlane(IDataPlane kernel, Lazy<IDataPlane> userspace, Func<ChannelSpec, bool> needsUserspace) : IDataPlane
{
    private readonly HashSet<ChannelId> _inUserspace = [];

    public DataPlaneKind Kind => kernel.Kind;

    public int OpenChannel(ChannelSpec channel)
    {
        if (!needsUserspace(channel))
            return kernel.OpenChannel(channel);
        var index = userspace.Value.OpenChannel(channel);
        _inUserspace.Add(channel.Channel);
        return index;
    }

    public void InstallChildSa(ChildSaParameters childSa, bool sendAtOnce = true) => Of(childSa.Channel).InstallChildSa(childSa, sendAtOnce);

    public void SwitchOutbound(ChannelId channel, uint inboundSpi) => Of(channel).SwitchOutbound(channel, inboundSpi);

    public void MoveChannel(ChannelId channel, UdpEncapsulation encapsulation) => Of(channel).MoveChannel(channel, encapsulation);

    public void RemoveChildSa(ChannelId channel, uint inboundSpi) => Of(channel).RemoveChildSa(channel, inboundSpi);

    public void CloseChannel(ChannelId channel)
    {
        Of(channel).CloseChannel(channel);
        _inUserspace.Remove(channel);
    }

    /// <summary>A link may have channels of both kinds, if its MTU was changed while it had some.</summary>
    public void RestoreLink(LinkId link)
    {
        if (link == LinkId.HostNetwork)
            return;
        kernel.RestoreLink(link);
        if (userspace.IsValueCreated)
            userspace.Value.RestoreLink(link);
    }

    public ChannelCounters ReadCounters(ChannelId channel) => Of(channel).ReadCounters(channel);

    public void Dispose()
    {
        kernel.Dispose();
        if (userspace.IsValueCreated)
            userspace.Value.Dispose();
    }

    private IDataPlane Of(ChannelId channel) => _inUserspace.Contains(channel) ? userspace.Value : kernel;
}
