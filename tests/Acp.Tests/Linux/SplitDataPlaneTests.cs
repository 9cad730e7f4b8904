using Acp.Core;
using Acp.Linux.DataPlane;
using Acp.Wire;

namespace Acp.Tests.Linux;

public sealed class SplitDataPlaneTests
{
    private static readonly ChannelSpec Wide = Spec(1, new LinkId(2));
    private static readonly ChannelSpec Narrow = Spec(2, new LinkId(3));
    private readonly Plane _kernel = new(DataPlaneKind.Kernel);
    private readonly Plane _userspace = new(DataPlaneKind.Userspace);

    [Fact]
    public void E18_what_concerns_a_channel_goes_to_the_plane_that_carries_it()
    {
        using var split = new SplitDataPlane(_kernel, new Lazy<IDataPlane>(() => _userspace), c => c.Link == Narrow.Link);
        Assert.Equal(DataPlaneKind.Kernel, split.Kind);
        foreach (var (spec, plane, other) in new[] { (Wide, _kernel, _userspace), (Narrow, _userspace, _kernel) })
        {
            split.OpenChannel(spec);
            split.SwitchOutbound(spec.Channel, 7);
            split.RemoveChildSa(spec.Channel, 7);
            split.ReadCounters(spec.Channel);
            split.CloseChannel(spec.Channel);
            Assert.Equal(["open", "switch", "remove", "read", "close"], plane.Calls.Where(c => c.Channel == spec.Channel).Select(c => c.What));
            Assert.DoesNotContain(other.Calls, c => c.Channel == spec.Channel);
        }
    }

    [Fact]
    public void E18_user_space_is_made_when_it_is_needed_and_goes_with_the_rest()
    {
        var made = 0;
        var userspace = new Lazy<IDataPlane>(() => ++made == 1 ? throw new DataPlaneException("no /dev/net/tun") : _userspace, LazyThreadSafetyMode.PublicationOnly);
        using (var split = new SplitDataPlane(_kernel, userspace, c => c.Link == Narrow.Link))
        {
            split.OpenChannel(Wide);
            split.RestoreLink(Wide.Link);
            Assert.Equal(0, made);

            // What was missing may be there the next time; until then nothing is left of the channel.
            Assert.Throws<DataPlaneException>(() => split.OpenChannel(Narrow));
            split.CloseChannel(Narrow.Channel);
            Assert.Empty(_userspace.Calls);
            split.OpenChannel(Narrow);
            split.RestoreLink(Narrow.Link);
            split.RestoreLink(LinkId.HostNetwork);
            Assert.Equal([Wide.Link, Narrow.Link], _kernel.Restored);
            Assert.Equal([Narrow.Link], _userspace.Restored);
        }

        Assert.True(_kernel.IsDisposed && _userspace.IsDisposed);
    }

    private static ChannelSpec Spec(int number, LinkId link) => new(
        new ChannelId(number), link, Ipv6Address.Parse("fe80::1"), Ipv6Address.Parse("fe80::2"), $"acp_{number}", 1280, Ipv6Address.Parse("fe80::3"));

    private sealed class Plane(DataPlaneKind kind) : IDataPlane
    {
        public DataPlaneKind Kind => kind;

        public List<(string What, ChannelId Channel)> Calls { get; } = [];

        public List<LinkId> Restored { get; } = [];

        public bool IsDisposed { get; private set; }

        public int OpenChannel(ChannelSpec channel)
        {
            Calls.Add(("open", channel.Channel));
            return 1;
        }

        public void InstallChildSa(ChildSaParameters childSa, bool sendAtOnce = true) => Calls.Add(("install", childSa.Channel));

        public void SwitchOutbound(ChannelId channel, uint inboundSpi) => Calls.Add(("switch", channel));

        public void MoveChannel(ChannelId channel, UdpEncapsulation encapsulation) => Calls.Add(("move", channel));

        public void RemoveChildSa(ChannelId channel, uint inboundSpi) => Calls.Add(("remove", channel));

        public void CloseChannel(ChannelId channel) => Calls.Add(("close", channel));

        public void RestoreLink(LinkId link) => Restored.Add(link);

        public ChannelCounters ReadCounters(ChannelId channel)
        {
            Calls.Add(("read", channel));
            return default!;
        }

        public void Dispose() => IsDisposed = true;
    }
}
