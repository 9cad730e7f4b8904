using Acp.Core;

namespace Acp.Sim;

/// <summary>A channel interface and the child SAs in it, oldest first; the newest sends.</summary>
public sealed class VirtualChannel(ChannelSpec spec)
{
    public ChannelSpec Spec { get; } = spec;

    public List<ChildSaParameters> ChildSas { get; } = [];

    public ChildSaParameters? Sender => ChildSas.Count > 0 ? ChildSas[^1] : null;
}
