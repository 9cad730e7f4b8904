using Acp.Core;

namespace Acp.Simulation.Network;

/// <summary>A channel interface and the child SAs in it; the last sends.</summary>
public sealed class SimulatedChannel(ChannelSpec spec, SimulatedPort port)
{
    private readonly List<SimulatedChildSa> _childSas = [];

    public ChannelSpec Spec => spec;

    /// <summary>The end of the link that its ESP packets leave by.</summary>
    public SimulatedPort Port => port;

    public IReadOnlyList<SimulatedChildSa> ChildSas => _childSas;

    public SimulatedChildSa? Sender => _childSas.Count > 0 ? _childSas[^1] : null;

    internal void Install(SimulatedChildSa childSa, bool sendAtOnce) =>
        _childSas.Insert(sendAtOnce || _childSas.Count == 0 ? _childSas.Count : _childSas.Count - 1, childSa);

    internal void SwitchOutbound(uint inboundSpi)
    {
        var chosen = _childSas.Find(sa => sa.InboundSpi == inboundSpi)
            ?? throw new InvalidOperationException($"{spec.Channel}: switch to {inboundSpi:x8}, which is not there");
        _childSas.Remove(chosen);
        _childSas.Add(chosen);
    }

    internal void Remove(uint inboundSpi) => _childSas.RemoveAll(sa => sa.InboundSpi == inboundSpi);

    /// <summary>What opens a packet of this child SA of the other end.</summary>
    internal bool Opens(SimulatedChildSa theirs)
    {
        foreach (var sa in _childSas)
        {
            if (sa.Opens(theirs))
                return true;
        }

        return false;
    }
}
