using Acp.Linux.Interop;
using Acp.Linux.Namespaces;
using Acp.Wire;
using Acp.Wire.Netlink;

namespace Acp.Linux.Netlink;

/// <summary>
/// Links, addresses, routes and rules of one namespace: every call is one request, acknowledged before it returns.
/// Deletions of what is not there are no errors. Not thread-safe.
/// </summary>
public sealed class RouteSocket : IDisposable
{
    private readonly NetworkNamespace _ns;
    private readonly NetlinkRequestSocket _socket;

    /// <param name="ns">Must outlive this object.</param>
    public RouteSocket(NetworkNamespace ns)
    {
        _ns = ns;
        _socket = new NetlinkRequestSocket(ns, NetlinkSockets.NETLINK_ROUTE);
    }

    /// <summary>The namespace it changes.</summary>
    public NetworkNamespace Namespace => _ns;

    /// <summary>For requests that have no method here.</summary>
    public NetlinkRequestSocket Socket => _socket;

    public List<LinkMessage> Links()
    {
        var links = new List<LinkMessage>();
        _socket.Dump(
            LinkRequests.GetAll(),
            $"list the interfaces of {_ns}",
            (header, payload) =>
            {
                if (header.Type == Rtnetlink.RTM_NEWLINK && LinkMessage.TryDecode(payload, out var link, out _))
                    links.Add(link);
            },
            links.Clear);
        return links;
    }

    /// <summary>The interface of that name, or null.</summary>
    public LinkMessage? FindLink(string name)
    {
        LinkMessage? found = null;
        var attempted = $"look up {name} in {_ns}";
        var error = _socket.TryRequest(LinkRequests.Get(name), attempted, (header, payload) =>
        {
            if (header.Type == Rtnetlink.RTM_NEWLINK && LinkMessage.TryDecode(payload, out var link, out _))
                found = link;
        });
        if (error.Errno is not (0 or Errno.ENODEV))
            throw new NetlinkException(error.Errno, error.Text, attempted);
        return found;
    }

    /// <summary>The interface index of that name; throws <see cref="NetlinkException"/> (ENODEV) when there is none.</summary>
    public int IndexOf(string name) =>
        FindLink(name)?.Index ?? throw new NetlinkException(Errno.ENODEV, "", $"look up {name} in {_ns}");

    public List<AddressMessage> Addresses()
    {
        var addresses = new List<AddressMessage>();
        _socket.Dump(
            RouteRequests.GetAddresses(),
            $"list the IPv6 addresses of {_ns}",
            (header, payload) =>
            {
                if (header.Type == Rtnetlink.RTM_NEWADDR && AddressMessage.TryDecode(payload, out var address, out _))
                    addresses.Add(address);
            },
            addresses.Clear);
        return addresses;
    }

    /// <summary>All tables; multipath routes appear with interface 0.</summary>
    public List<RouteMessage> Routes()
    {
        var routes = new List<RouteMessage>();
        _socket.Dump(
            RouteRequests.GetRoutes(),
            $"list the IPv6 routes of {_ns}",
            (header, payload) =>
            {
                if (header.Type == Rtnetlink.RTM_NEWROUTE && RouteMessage.TryDecode(payload, out var route, out _))
                    routes.Add(route);
            },
            routes.Clear);
        return routes;
    }

    public List<RuleMessage> Rules()
    {
        var rules = new List<RuleMessage>();
        _socket.Dump(
            RouteRequests.GetRules(),
            $"list the IPv6 rules of {_ns}",
            (header, payload) =>
            {
                if (header.Type == Rtnetlink.RTM_NEWRULE && RuleMessage.TryDecode(payload, out var rule, out _))
                    rules.Add(rule);
            },
            rules.Clear);
        return rules;
    }

    /// <summary>Makes a macvlan of <paramref name="parent"/> directly in <paramref name="target"/>.</summary>
    public void CreateMacvlan(int parent, string name, NetworkNamespace target, MacAddress address, int mtu, uint mode) =>
        _socket.Request(
            LinkRequests.CreateMacvlan(parent, name, target.Fd, address, mtu, mode),
            $"make the macvlan {name} over interface {parent} of {_ns} in {target}");

    /// <summary>Makes a veth pair with its peer directly in <paramref name="peerNamespace"/>.</summary>
    /// <param name="master">A bridge for the near end, or 0.</param>
    public void CreateVeth(
        string name,
        string peerName,
        NetworkNamespace peerNamespace,
        int mtu = 1500,
        int peerMtu = 1500,
        MacAddress address = default,
        MacAddress peerAddress = default,
        int master = 0) =>
        _socket.Request(
            LinkRequests.CreateVeth(name, address, mtu, master, peerName, peerAddress, peerMtu, peerNamespace.Fd),
            $"make the veth pair {name} in {_ns} and {peerName} in {peerNamespace}");

    /// <summary>Makes an interface of a kind that needs only a name, such as "bridge".</summary>
    public void CreateLink(string kind, string name) =>
        _socket.Request(LinkRequests.CreatePlain(kind, name), $"make the {kind} {name} in {_ns}");

    /// <summary>A veth takes its peer along. Gone already is no error.</summary>
    public void DeleteLink(int index) => RequestUnlessDone(LinkRequests.Delete(index), $"delete interface {index} of {_ns}", Errno.ENODEV);

    public void SetUp(int index, bool up = true) =>
        _socket.Request(LinkRequests.SetUp(index, up), $"set interface {index} of {_ns} {(up ? "up" : "down")}");

    public void Rename(int index, string name) =>
        _socket.Request(LinkRequests.SetName(index, name), $"rename interface {index} of {_ns} to {name}");

    public void SetAlias(int index, string alias) =>
        _socket.Request(LinkRequests.SetAlias(index, alias), $"tag interface {index} of {_ns} as '{alias}'");

    public void SetMtu(int index, int mtu) =>
        _socket.Request(LinkRequests.SetMtu(index, mtu), $"set the MTU of interface {index} of {_ns} to {mtu}");

    public void SetMacAddress(int index, MacAddress address) =>
        _socket.Request(LinkRequests.SetAddress(index, address), $"set the MAC address of interface {index} of {_ns} to {address}");

    /// <param name="master">0 for none.</param>
    public void SetMaster(int index, int master) =>
        _socket.Request(LinkRequests.SetMaster(index, master), $"make interface {index} of {_ns} a port of interface {master}");

    public void MoveTo(int index, NetworkNamespace target) =>
        _socket.Request(LinkRequests.MoveTo(index, target.Fd), $"move interface {index} of {_ns} to {target}");

    /// <param name="mode">0 EUI-64, 1 none.</param>
    public void SetAddrGenMode(int index, byte mode) =>
        _socket.Request(LinkRequests.SetAddrGenMode(index, mode), $"set how interface {index} of {_ns} makes its link-local address");

    /// <summary>Adds an address that is usable at once: no duplicate address detection.</summary>
    /// <param name="extraFlags">Further IFA_F_…, such as IFA_F_NOPREFIXROUTE.</param>
    public void PutAddress(int index, Ipv6Address address, int prefixLength, uint extraFlags = 0) =>
        _socket.Request(
            RouteRequests.PutAddress(index, address, prefixLength, Rtnetlink.IFA_F_NODAD | extraFlags),
            $"give {address}/{prefixLength} to interface {index} of {_ns}");

    public void DeleteAddress(int index, Ipv6Address address, int prefixLength) =>
        RequestUnlessDone(
            RouteRequests.DeleteAddress(index, address, prefixLength),
            $"take {address}/{prefixLength} from interface {index} of {_ns}",
            Errno.EADDRNOTAVAIL,
            Errno.ENODEV);

    /// <summary>Adds the route or replaces its like (same destination, metric, table).</summary>
    public void PutRoute(RouteMessage route) => _socket.Request(RouteRequests.PutRoute(route), $"set the route {route} in {_ns}");

    public void DeleteRoute(RouteMessage route) =>
        RequestUnlessDone(RouteRequests.DeleteRoute(route), $"delete the route {route} in {_ns}", Errno.ESRCH, Errno.ENODEV, Errno.ENOENT);

    /// <summary>The same rule twice is no error, and is there once.</summary>
    public void AddRule(RuleMessage rule) =>
        RequestUnlessDone(RouteRequests.AddRule(rule), $"add the rule {rule} in {_ns}", Errno.EEXIST);

    public void DeleteRule(RuleMessage rule) =>
        RequestUnlessDone(RouteRequests.DeleteRule(rule), $"delete the rule {rule} in {_ns}", Errno.ENOENT);

    /// <summary>The number by which this namespace knows <paramref name="other"/>, assigned when there is none yet.</summary>
    public int NsidOf(NetworkNamespace other)
    {
        RequestUnlessDone(RouteRequests.AssignNsid(other.Fd), $"number the namespace {other} in {_ns}", Errno.EEXIST);
        var nsid = Rtnetlink.NETNSA_NSID_NOT_ASSIGNED;
        _socket.Request(RouteRequests.GetNsid(other.Fd), $"ask {_ns} for the number of {other}", (header, payload) =>
        {
            if (header.Type == Rtnetlink.RTM_NEWNSID && NsidMessage.TryDecode(payload, out var message, out _))
                nsid = message.Nsid;
        });
        return nsid;
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>For requests whose wish is already fulfilled when the kernel refuses with one of these.</summary>
    private void RequestUnlessDone(NetlinkMessageBuilder request, string attempted, params ReadOnlySpan<int> fine)
    {
        var error = _socket.TryRequest(request, attempted);
        if (error.Errno != 0 && !fine.Contains(error.Errno))
            throw new NetlinkException(error.Errno, error.Text, attempted);
    }
}
