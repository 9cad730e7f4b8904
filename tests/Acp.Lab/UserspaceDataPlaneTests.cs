using System.Net.Sockets;
using Acp.Linux.DataPlane;
using Acp.Linux.Namespaces;

namespace Acp.Lab;

/// <summary>The user-space data plane passes the common tests, and some of its own.</summary>
public sealed class UserspaceDataPlaneTests : DataPlaneTests
{
    [Fact]
    public void An_interface_that_somebody_deletes_is_reported_as_broken_and_can_be_closed()
    {
        using var lab = NewLab();
        var channel = lab.Connect();
        channel.Install(1);
        lab.A.AcpRoute.DeleteLink(channel.IndexA);
        Eventually(() => !lab.A.News.Broken.IsEmpty, "ChannelBroken");
        Assert.Equal(channel.Id, Assert.Single(lab.A.News.Broken).Channel);
        lab.A.Plane.RemoveChildSa(channel.Id, DataPlaneChannel.SpiOfA(1));
        lab.A.Plane.CloseChannel(channel.Id);
    }

    [Fact]
    public void Unknown_spis_are_news_but_not_many()
    {
        using var lab = NewLab();
        var channel = lab.Connect();
        channel.InstallAtA(1);
        var a = channel.UdpAtA();
        for (var i = 0; i < 50; i++)
            a.SendTo("?"u8, channel.FromAToB());
        // At least: the kernel's own reports of multicast groups (MLD) go the same way when their moment comes.
        Eventually(() => ((UserspaceDataPlane)lab.B.Plane).UnknownSpis(channel.LinkB) >= 50, "50 counted");
        var news = lab.B.News.UnknownSpis.ToArray();
        Assert.InRange(news.Length, 1, 10);
        Assert.Equal((channel.LinkB, DataPlaneLab.UnderlayA, DataPlaneChannel.SpiOfB(1)), news[0]);
    }

    [Fact]
    public void D40_packets_that_overtake_the_making_of_their_sa_are_not_lost()
    {
        using var lab = NewLab();
        var channel = lab.Connect();
        channel.InstallAtA(1);
        var a = channel.UdpAtA();
        var b = channel.UdpAtB();
        for (byte i = 0; i < 5; i++)
            a.SendTo([i], channel.FromAToB());
        Eventually(() => ((UserspaceDataPlane)lab.B.Plane).UnknownSpis(channel.LinkB) >= 5, "5 counted");
        channel.InstallAtB(1);
        a.SendTo([5], channel.FromAToB());
        var buffer = new byte[10];
        for (byte i = 0; i <= 5; i++)
        {
            Assert.Equal(1, b.Receive(buffer));
            Assert.Equal(i, buffer[0]);
        }
    }

    [Fact]
    public void Traffic_allocates_nothing()
    {
        using var lab = NewLab();
        var channel = lab.Connect();
        channel.Install(1);
        var a = channel.UdpAtA();
        var b = channel.UdpAtB();
        var planes = new[] { (UserspaceDataPlane)lab.A.Plane, (UserspaceDataPlane)lab.B.Plane };
        long Run(int count)
        {
            for (var i = 0; i < count; i++)
                Exchange(a, b, channel, 300);
            return planes.Sum(plane => plane.AllocatedByPumps());
        }

        Run(200);
        var before = Run(10);
        Assert.Equal(before, Run(500));
    }

    [Fact]
    public void Descriptors_and_threads_go_with_their_channel()
    {
        using var lab = NewLab();
        var before = Pumps();
        for (var i = 0; i < 3; i++)
            lab.Connect().Install((uint)i + 1);
        var made = Pumps().Except(before).ToList();
        Assert.Equal(6, made.Count(p => p.StartsWith("fd ", StringComparison.Ordinal)));
        Assert.True(made.Count > 6, string.Join(", ", made));
        lab.A.Plane.Dispose();
        lab.B.Plane.Dispose();

        // A thread that was joined stays in /proc for a moment longer; so may those of the test before this one.
        Eventually(() => !Pumps().Overlaps(made), "every one of them is gone");
    }

    protected override IDataPlane Create(NetworkNamespace abutment, NetworkNamespace acp, IDataPlaneNews news) =>
        new UserspaceDataPlane(abutment, acp, news);

    protected override void CheckDrops(DataPlaneSide side, DataPlaneChannel channel)
    {
        var counters = side.Plane.ReadCounters(channel.Id);
        Assert.Equal(3, counters.PacketsIn);
        Assert.Equal(1, counters.Replays);
        Assert.Equal(2, counters.Dummies);
        Assert.Equal(1, counters.AuthenticationFailures);
        Assert.Equal(3, counters.Malformed); // IPv4 inside, cut off inside, wrong source
        Assert.Equal(1, ((UserspaceDataPlane)side.Plane).UnknownSpis(channel.LinkB));
        Assert.Equal((channel.LinkB, DataPlaneLab.UnderlayA, 0xdeadbeef), Assert.Single(side.News.UnknownSpis));
    }

    /// <summary>TUN descriptors and pump threads of this process.</summary>
    private static HashSet<string> Pumps()
    {
        var tuns = Directory.GetFiles("/proc/self/fd").Where(fd => File.ResolveLinkTarget(fd, false)?.FullName == "/dev/net/tun");
        var threads = Directory.GetDirectories("/proc/self/task").Where(task =>
        {
            try
            {
                return File.ReadAllText(task + "/comm").StartsWith("esp-", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;
            }
        });
        return [.. tuns.Select(fd => $"fd {Path.GetFileName(fd)}"), .. threads.Select(task => $"thread {Path.GetFileName(task)}")];
    }
}
