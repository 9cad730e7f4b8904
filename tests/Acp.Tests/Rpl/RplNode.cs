using Acp.Core;
using Acp.Core.Rpl;
using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Rpl;

namespace Acp.Tests.Rpl;

/// <summary>One machine of the simulated network, its routes as a kernel would hold them, and its facts.</summary>
public sealed class RplNode
{
    private readonly RplNetwork _network;
    private readonly Dictionary<Ipv6Prefix, RplRoute> _kernel = [];
    private readonly HashSet<ChannelId> _up = [];
    private int _performed;

    public RplNode(RplNetwork network, int index, RplOptions options, ulong seed)
    {
        _network = network;
        Index = index;
        Address = new Ipv6Address(Ipv6Address.Parse("fd89:b714:f3db::").Value + ((UInt128)(index + 1) << 1));
        LinkLocal = new Ipv6Address(Ipv6Address.Parse("fe80::").Value + (UInt128)(index + 1));
        Machine = new RplMachine(options, Address, new Ipv6Prefix(Address, 127), new SeededRandom(seed));
    }

    public int Index { get; }

    public Ipv6Address Address { get; }

    /// <summary>The same on all its links, which is allowed.</summary>
    public Ipv6Address LinkLocal { get; }

    public RplMachine Machine { get; }

    public List<RplLink> Links { get; } = [];

    public List<RplFact> Facts { get; } = [];

    public Instant? Deadline { get; private set; }

    /// <summary>When the network has promised to wake it.</summary>
    public Instant? WokenAt { get; set; }

    /// <summary>A box of another make: it neither reads nor repeats DODAG Configurations, and takes the RFC's values.</summary>
    public bool IgnoresConfiguration { get; set; }

    public void ChannelUp(ChannelId channel, int mbps)
    {
        _up.Add(channel);
        Machine.HandleChannelUp(_network.Now, channel, LinkLocal, mbps);
        Perform();
    }

    public void ChannelDown(ChannelId channel)
    {
        _up.Remove(channel);
        Machine.HandleChannelDown(_network.Now, channel);
        Perform();
        AssertNoDeadRoutes();
    }

    public void Receive(ChannelId channel, Ipv6Address source, SendRpl sent)
    {
        if (!_up.Contains(channel))
            return;
        var octets = sent.Icmpv6;
        if (IgnoresConfiguration && RplCodec.TryDecode(octets.Span, out var message, out _) && message is DioMessage)
            octets = RplCodec.Encode(message with { Options = [.. message.Options.Where(o => o is not DodagConfigurationOption)] });
        Machine.HandleMessage(_network.Now, channel, source, sent.Destination, octets.Span);
        Perform();
    }

    public void Do(Action<RplMachine> what)
    {
        what(Machine);
        Perform();
    }

    public void Wake()
    {
        var before = Deadline;
        Deadline = null;
        Machine.HandleTime(_network.Now);
        Perform();
        Assert.True(Deadline is null || Deadline > _network.Now, $"node {Index} wants to be woken at {before} for ever");
    }

    /// <summary>Longest prefix match.</summary>
    public RplRoute? Lookup(Ipv6Address address)
    {
        // A simulated node has its own /127 and /128s besides the default: no need to try all lengths.
        foreach (var length in (ReadOnlySpan<int>)[128, 127, 64, 0])
        {
            if (_kernel.TryGetValue(new Ipv6Prefix(address, length), out var route))
                return route;
        }
        return null;
    }

    public override string ToString() => $"node {Index}";

    private void AssertNoDeadRoutes()
    {
        foreach (var route in Machine.Routes.Values)
            Assert.Contains(route.Channel, _up);
    }

    private void Perform()
    {
        while (Machine.Actions.TryTake(out var action))
        {
            switch (action)
            {
                case SendRpl send:
                    _network.Carry(this, send);
                    break;
                case RouteAdded added:
                    _kernel.Add(added.Prefix, new RplRoute(added.Channel, added.NextHop));
                    break;
                case RouteReplaced replaced:
                    Assert.True(_kernel.ContainsKey(replaced.Prefix));
                    _kernel[replaced.Prefix] = new RplRoute(replaced.Channel, replaced.NextHop);
                    break;
                case RouteRemoved removed:
                    Assert.True(_kernel.Remove(removed.Prefix));
                    break;
            }
        }
        Facts.AddRange(Machine.Facts.Drain());
        Deadline = Machine.NextDeadline;
        _network.Schedule(this);
        Assert.Equal(Machine.Routes.Count, _kernel.Count);
        if (++_performed % 64 == 0)
            AssertNoDeadRoutes();
    }
}
