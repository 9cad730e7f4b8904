using Acp.Core;
using Acp.Linux.DataPlane;

namespace Acp.Linux.Xfrm;

/// <summary>What the kernel data plane remembers of one open channel.</summary>
internal sealed class KernelChannel(ChannelSpec spec, int interfaceIndex)
{
    public ChannelSpec Spec { get; } = spec;

    /// <summary>In the acp namespace.</summary>
    public int InterfaceIndex { get; } = interfaceIndex;

    /// <summary>Oldest first.</summary>
    public List<KernelChildSa> ChildSas { get; } = [];

    /// <summary>What the removed child SAs had counted.</summary>
    public ChannelCounters Past { get; set; }
}
