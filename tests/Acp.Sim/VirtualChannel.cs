using Acp.Core;

namespace Acp.Sim;

/// <summary>A channel interface and the child SAs in it; the last sends.</summary>
public sealed class VirtualChannel(ChannelSpec spec)
{
    public ChannelSpec Spec { get; } = spec;

    public List<ChildSaParameters> ChildSas { get; } = [];

    public void Install(ChildSaParameters childSa, bool sendAtOnce) =>
        ChildSas.Insert(sendAtOnce || ChildSas.Count == 0 ? ChildSas.Count : ChildSas.Count - 1, childSa);

    public void SwitchOutbound(uint inboundSpi)
    {
        var chosen = ChildSas.Find(sa => sa.InboundSpi == inboundSpi)
            ?? throw new InvalidOperationException($"{Spec.Channel}: switch to {inboundSpi:x8}, which is not there");
        ChildSas.Remove(chosen);
        ChildSas.Add(chosen);
    }

    public ChildSaParameters? Sender => ChildSas.Count > 0 ? ChildSas[^1] : null;
}
