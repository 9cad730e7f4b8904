using Acp.Linux.Interop;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;

namespace Acp.Lab.Namespaces;

public class NetworkNamespaceTests
{
    private static readonly string Name = "nstest-" + Environment.ProcessId;

    [Fact]
    public void Created_adopted_entered_and_deleted()
    {
        try
        {
            using (var made = NetworkNamespace.CreateOrAdopt(Name))
            using (var routes = new RouteSocket(made))
                routes.CreateLink("bridge", "br9");
            Assert.True(NetworkNamespace.Exists(Name));

            // The descriptor is closed; the name keeps it alive, contents included.
            using var adopted = NetworkNamespace.CreateOrAdopt(Name);
            using (adopted.Enter())
                Assert.Contains("br9:", File.ReadAllText("/proc/thread-self/net/dev"), StringComparison.Ordinal);
            Assert.DoesNotContain("br9:", File.ReadAllText("/proc/thread-self/net/dev"), StringComparison.Ordinal);
        }
        finally
        {
            NetworkNamespace.Delete(Name);
        }

        Assert.False(File.Exists("/run/netns/" + Name));
        Assert.False(NetworkNamespace.Exists(Name));
        NetworkNamespace.Delete(Name);
    }

    [Fact]
    public void A_mount_point_without_its_mount_is_completed()
    {
        var name = Name + "h";
        Directory.CreateDirectory("/run/netns");
        File.WriteAllText("/run/netns/" + name, "");
        try
        {
            Assert.False(NetworkNamespace.Exists(name));
            using var ns = NetworkNamespace.CreateOrAdopt(name);
            Assert.True(NetworkNamespace.Exists(name));
            using var routes = new RouteSocket(ns);
            Assert.Equal("lo", Assert.Single(routes.Links()).Name);
        }
        finally
        {
            NetworkNamespace.Delete(name);
        }
    }

    [Fact]
    public void What_is_not_a_network_namespace_is_refused()
    {
        Assert.Throws<SystemCallException>(() => NetworkNamespace.Open("/proc/self/ns/mnt"));
        Assert.Throws<SystemCallException>(() => NetworkNamespace.Open("/dev/null"));
        Assert.Throws<ArgumentException>(() => NetworkNamespace.CreateOrAdopt("../evil"));
    }

    [Fact]
    public void F25_F26_settings_of_both_namespaces()
    {
        var instance = $"set{Environment.ProcessId}";
        try
        {
            using var three = NodeNamespaces.CreateOrAdopt(instance);
            Assert.Equal("0", Sysctl.TryRead(three.Abutment, "net/ipv6/conf/all/forwarding"));
            Assert.Equal("0", Sysctl.TryRead(three.Abutment, "net/ipv6/conf/default/accept_ra"));
            Assert.Equal("0", Sysctl.TryRead(three.Abutment, "net/ipv6/conf/default/dad_transmits"));
            Assert.Equal("1", Sysctl.TryRead(three.Acp, "net/ipv6/conf/all/forwarding"));
            Assert.Equal("0", Sysctl.TryRead(three.Acp, "net/ipv6/conf/default/accept_ra"));
            foreach (var scope in new[] { "all", "default", "lo" })
                Assert.Equal("255", Sysctl.TryRead(three.Acp, $"net/ipv6/conf/{scope}/hop_limit"));
            Assert.Equal("0", Sysctl.TryRead(three.Acp, "net/ipv6/conf/default/use_tempaddr"));
            Assert.Null(Sysctl.TryRead(three.Acp, "net/ipv6/conf/nosuch/forwarding"));
        }
        finally
        {
            NodeNamespaces.DeleteNames(instance);
        }
    }

    [Fact]
    public void A_refusal_carries_the_kernels_reason_and_our_intent()
    {
        try
        {
            using var ns = NetworkNamespace.CreateOrAdopt(Name + "e");
            using var routes = new RouteSocket(ns);
            var e = Assert.Throws<NetlinkException>(() => routes.SetMtu(routes.IndexOf("lo"), -5));
            Assert.Equal(Errno.EINVAL, e.Errno);
            Assert.Contains("set the MTU of interface", e.Message, StringComparison.Ordinal);
            Assert.NotEqual("", e.KernelText);
            Assert.Equal(Errno.ENODEV, Assert.Throws<NetlinkException>(() => routes.IndexOf("nosuch")).Errno);
        }
        finally
        {
            NetworkNamespace.Delete(Name + "e");
        }
    }
}
