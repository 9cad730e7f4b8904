using Acp.Lab.Links;
using Acp.Linux.Links;
using Acp.Linux.Netlink;
using Acp.Wire;

namespace Acp.Lab.Watcher;

public class LinkWatcherTests
{
    [Fact]
    public void One_socket_hears_all_three_namespaces_and_no_others()
    {
        using var lab = new LinksLab();
        using var watcher = new LinkWatcher(lab.Host, lab.Namespaces.Abutment, lab.Namespaces.Acp);
        lab.Host.NsidOf(lab.Wire);
        foreach (var (routes, name) in new[] { (lab.Host, "h"), (lab.Abutment, "b"), (lab.Acp, "a"), (lab.Far, "w") })
        {
            routes.CreateLink("bridge", name);
            var index = routes.IndexOf(name);
            routes.SetUp(index);
            routes.PutAddress(index, Ipv6Address.Parse("fe80::77"), 64);
            routes.DeleteAddress(index, Ipv6Address.Parse("fe80::77"), 64);
            routes.DeleteLink(index);
        }

        var heard = new List<LinkNews>();
        watcher.Read(heard.Add);
        Assert.Equal(
            [(NetworkPlace.Host, "h"), (NetworkPlace.Abutment, "b"), (NetworkPlace.Acp, "a")],
            heard.OfType<LinkNews.LinkChanged>().Select(n => (n.Place, n.Link.Name)).Distinct());
        Assert.Equal(
            [(NetworkPlace.Host, "h"), (NetworkPlace.Abutment, "b"), (NetworkPlace.Acp, "a")],
            heard.OfType<LinkNews.LinkGone>().Select(n => (n.Place, n.Link.Name)));
        Assert.Equal(
            [NetworkPlace.Host, NetworkPlace.Abutment, NetworkPlace.Acp],
            heard.OfType<LinkNews.AddressGone>().Where(n => n.Address.Address == Ipv6Address.Parse("fe80::77")).Select(n => n.Place));
        Assert.Equal(0, watcher.Refused);
    }

    [Fact]
    public void B36_lost_news_leads_to_a_full_dump_and_the_right_state()
    {
        using var lab = new LinksLab(receiveBuffer: 2048);
        var index = lab.AddWire("eth7");
        lab.Manager.Start();
        lab.Until(() => lab.IsUp("eth7"), "eth7 up");
        var overflows = 0;
        lab.Manager.Overhear = news => overflows += news is LinkNews.Overflow ? 1 : 0;

        // Nobody reads meanwhile; the buffer holds a message or two.
        for (var i = 0; i < 200; i++)
            lab.Host.SetMtu(index, 1500 + (i % 2));
        lab.Host.DeleteLink(index);
        lab.AddWire("eth8");
        lab.AddWire("eth9", mtu: 1400);

        lab.Until(() => lab.IsUp("eth8") && lab.IsUp("eth9"), "the new ones up");
        Assert.True(overflows > 0, "the buffer never overflowed: the test tests nothing");
        Assert.Contains(new LinkFact.Resynchronized(), lab.Facts);
        Assert.Equal(["abut_eth8", "abut_eth9"], lab.AbutmentNames());
        Assert.Equal(["eth8", "eth9"], lab.Manager.Links.Values.Select(l => l.Parent).Order(StringComparer.Ordinal));
        Assert.Equal(1400, lab.Link("eth9").Mtu);
    }
}
