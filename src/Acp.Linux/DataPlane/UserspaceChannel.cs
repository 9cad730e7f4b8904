using Acp.Core;
using Acp.Core.Esp;
using Acp.Linux.Tun;

namespace Acp.Linux.DataPlane;

/// <summary>What the user-space data plane holds for one channel. The loop's alone.</summary>
internal sealed class UserspaceChannel(ChannelSpec spec, TunDevice tun, UserspaceLink link)
{
    public ChannelSpec Spec { get; } = spec;

    public TunDevice Tun { get; } = tun;

    public UserspaceLink Link { get; } = link;

    public PumpCounters Out { get; } = new();

    public PumpCounters In { get; } = new();

    public OutboundPump? Pump { get; set; }

    /// <summary>Oldest first: the last one sends.</summary>
    public List<OutboundSa> Sending { get; } = [];

    public ChannelCounters Read() => new(
        In.Packets,
        In.Octets,
        Out.Packets,
        Out.Octets,
        In[EspDrop.AuthenticationFailed],
        In[EspDrop.Replayed] + In[EspDrop.TooOld],
        In[EspDrop.TooBig] + Out[EspDrop.TooBig],
        In[EspDrop.TooShort] + In[EspDrop.WrongAddress] + In[EspDrop.BadPadding] + In[EspDrop.NotIpv6] + In[EspDrop.BadInnerLength])
    {
        Dummies = In[EspDrop.Dummy],
        Dropped = In[EspDrop.NotSent] + Out[EspDrop.NotSent] + Out[EspDrop.NoSa] + Out[EspDrop.SequenceExhausted] + Out[EspDrop.NotIpv6]
            + In[EspDrop.LifetimeOver] + Out[EspDrop.LifetimeOver],
    };
}
