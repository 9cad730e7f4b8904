using Acp.Core;

namespace Acp.Linux.DataPlane;

/// <summary>Kernel ESP on the links, user-space ESP to remote neighbours over the host's network.</summary>
/// <param name="links">Owned.</param>
/// <param name="host">Owned; has the host's network.</param>
public sealed class SplitDataPlane(IDataPlane links, UserspaceDataPlane host) : IDataPlane
{
    private readonly HashSet<ChannelId> _ofHost = [];

    public DataPlaneKind Kind => links.Kind;

    public int OpenChannel(ChannelSpec channel)
    {
        if (channel.Link != LinkId.HostNetwork)
            return links.OpenChannel(channel);
        var index = host.OpenChannel(channel);
        _ofHost.Add(channel.Channel);
        return index;
    }

    public void InstallChildSa(ChildSaParameters childSa, bool sendAtOnce = true) => Of(childSa.Channel).InstallChildSa(childSa, sendAtOnce);

    public void SwitchOutbound(ChannelId channel, uint inboundSpi) => Of(channel).SwitchOutbound(channel, inboundSpi);

    public void MoveChannel(ChannelId channel, UdpEncapsulation encapsulation) => Of(channel).MoveChannel(channel, encapsulation);

    public void RemoveChildSa(ChannelId channel, uint inboundSpi) => Of(channel).RemoveChildSa(channel, inboundSpi);

    public void CloseChannel(ChannelId channel)
    {
        Of(channel).CloseChannel(channel);
        _ofHost.Remove(channel);
    }

    public void RestoreLink(LinkId link)
    {
        if (link != LinkId.HostNetwork)
            links.RestoreLink(link);
    }

    public ChannelCounters ReadCounters(ChannelId channel) => Of(channel).ReadCounters(channel);

    public void Dispose()
    {
        links.Dispose();
        host.Dispose();
    }

    private IDataPlane Of(ChannelId channel) => _ofHost.Contains(channel) ? host : links;
}
