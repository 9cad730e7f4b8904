using Acp.Core;
using Acp.Core.Node;
using Acp.Linux.Interop;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Wire.Netlink;

namespace Acp.Linux.Links;

/// <summary>
/// Keeps the abutment namespace as it should be: one link for every host interface that link selection wants, and
/// nothing else. It compares what should exist with what does, at the start, after every change and after lost news;
/// what a killed predecessor left is taken over by the same comparison. Facts go to <see cref="Facts"/>.
/// Not thread-safe; owned by the loop, which registers <see cref="Fd"/> and calls <see cref="OnReadable"/>.
/// </summary>
/// <remarks>
/// While a macvlan of ours lies over an interface, the kernel lets nobody make that interface a port of a bridge or
/// bond (EBUSY: one receive handler per device). An operator who wants to excludes the interface first.
/// </remarks>
public sealed class LinkManager : IDisposable
{
    private readonly NodeNamespaces _namespaces;
    private readonly byte[] _nodeIdentity;
    private readonly RouteSocket _hostRoutes;
    private readonly RouteSocket _abutmentRoutes;
    private readonly LinkWatcher _watcher;
    private readonly LinkTable _host = new(NetworkPlace.Host);
    private readonly LinkTable _abutment = new(NetworkPlace.Abutment);
    private readonly SortedDictionary<int, AbutmentLink> _links = [];
    private readonly Dictionary<string, LinkFact> _said = [];
    private readonly bool _sameLinkLocal;
    private InterfacePatterns _patterns;

    /// <param name="namespaces">Must outlive this object.</param>
    /// <param name="nodeIdentity">See <see cref="DerivedMac"/>.</param>
    /// <param name="receiveBuffer">See <see cref="LinkWatcher"/>.</param>
    /// <param name="sameLinkLocal">For labs: every link gets one and the same address, as hosts may that are not us.</param>
    public LinkManager(
        NodeNamespaces namespaces,
        ReadOnlySpan<byte> nodeIdentity,
        InterfacePatterns patterns,
        int receiveBuffer = 1 << 20,
        bool sameLinkLocal = false)
    {
        _sameLinkLocal = sameLinkLocal;
        _namespaces = namespaces;
        _nodeIdentity = nodeIdentity.ToArray();
        _patterns = patterns;
        _hostRoutes = new RouteSocket(namespaces.Host);
        _abutmentRoutes = new RouteSocket(namespaces.Abutment);
        _watcher = new LinkWatcher(_hostRoutes, namespaces.Abutment, namespaces.Acp, receiveBuffer);
    }

    public Outbox<LinkFact> Facts { get; } = new();

    /// <summary>All links there are, by interface index, up or not.</summary>
    public IReadOnlyDictionary<int, AbutmentLink> Links => _links;

    /// <summary>What was decided about each host interface, by interface index.</summary>
    public IReadOnlyDictionary<int, LinkDecision> Decisions { get; private set; } = new SortedDictionary<int, LinkDecision>();

    /// <summary>The host's interfaces as last heard, used or not, by interface index.</summary>
    public IEnumerable<LinkMessage> HostInterfaces => _host.Links.Values;

    /// <summary>Readable when there is news.</summary>
    public int Fd => _watcher.Fd;

    /// <summary>Hears all news of the three namespaces too, before the manager acts on it; for other owners of interfaces.</summary>
    public Action<LinkNews>? Overhear { get; set; }

    /// <summary>The first comparison. Call once.</summary>
    public void Start() => Resynchronize();

    /// <summary>Takes in what the kernel says and does what follows.</summary>
    public void OnReadable()
    {
        var changed = false;
        var lost = false;
        _watcher.Read(news =>
        {
            Overhear?.Invoke(news);
            lost |= news is LinkNews.Overflow;
            changed |= _host.Apply(news) | _abutment.Apply(news);
        });
        if (lost)
        {
            Resynchronize();
            Facts.Add(new LinkFact.Resynchronized());
        }
        else if (changed)
        {
            Reconcile();
        }
    }

    /// <summary>Changes the operator's patterns while running.</summary>
    public void SetPatterns(InterfacePatterns patterns)
    {
        _patterns = patterns;
        Reconcile();
    }

    /// <summary>Reads everything anew and compares.</summary>
    public void Resynchronize()
    {
        Load();
        Reconcile();
    }

    /// <summary>Removes every link, for a clean stop. The manager must not be used afterwards.</summary>
    public void RemoveAll()
    {
        Load();
        foreach (var link in _abutment.Links.Values.Where(IsManaged))
            _abutmentRoutes.DeleteLink(link.Index);

        // Bridge ports whose far end is already gone cannot exist; those whose far end was moved away by hand can.
        foreach (var port in _host.Links.Values.Where(IsOurBridgePort))
            _hostRoutes.DeleteLink(port.Index);
        foreach (var link in _links.Values.Where(link => link.IsUp))
            Facts.Add(new LinkFact.LinkDown(link.Link, link.Name, link.Parent));
        _links.Clear();
    }

    public void Dispose()
    {
        _watcher.Dispose();
        _abutmentRoutes.Dispose();
        _hostRoutes.Dispose();
    }

    private static bool IsManaged(LinkMessage link) =>
        link.Kind is "macvlan" or "veth" && link.Type == Rtnetlink.ARPHRD_ETHER;

    private static HostInterface Describe(LinkMessage link) => new()
    {
        Index = link.Index,
        Name = link.Name,
        Kind = link.Kind,
        Master = link.Master,
        PortKind = link.SlaveKind,
        IsEthernet = link.Type == Rtnetlink.ARPHRD_ETHER,
        IsLoopback = (link.Flags & Rtnetlink.IFF_LOOPBACK) != 0,
        IsUp = link.IsUp,
        IsRunning = link.IsRunning,
        Mtu = link.Mtu,
        MacAddress = link.Address,
    };

    private void Load()
    {
        _host.Load(_hostRoutes.Links(), []);
        _abutment.Load(_abutmentRoutes.Links(), _abutmentRoutes.Addresses());
    }

    private void Reconcile()
    {
        // Acting makes more news, which would come through the watcher; reading the result at once instead means that
        // the next comparison never works from a picture older than our own deeds. A second round confirms, and a
        // third must find nothing to do unless somebody works against us: then the next news continues.
        for (var round = 0; round < 3; round++)
        {
            if (!ReconcileOnce())
                break;
            Load();
        }

        Report();
    }

    /// <summary>Returns whether anything was changed.</summary>
    private bool ReconcileOnce()
    {
        Decisions = LinkSelection.Decide([.. _host.Links.Values.Select(Describe)], _patterns);
        var acted = false;
        var served = new Dictionary<int, LinkMessage>();

        // Old ones first: a name must be free before a new link can take it.
        foreach (var link in _abutment.Links.Values.Where(IsManaged))
        {
            var parent = ParentOf(link);
            if (Decisions.GetValueOrDefault(parent) is LinkDecision.Wanted wanted
                && IsAsWanted(link, wanted)
                && served.TryAdd(parent, link))
                continue;
            acted |= Try(link.Name, () => _abutmentRoutes.DeleteLink(link.Index));
        }

        foreach (var port in _host.Links.Values.Where(IsOurBridgePort))
        {
            if (!_abutment.Links.Values.Any(link => link.Kind == "veth" && link.Link == port.Index))
                acted |= Try(port.Name, () => _hostRoutes.DeleteLink(port.Index));
        }

        foreach (var (parentIndex, decision) in Decisions)
        {
            var parent = _host.Links[parentIndex];
            if (decision is LinkDecision.Ignored(var reason))
                Say(parent.Name, new LinkFact.InterfaceIgnored(parent.Name, reason));
            else if (decision is LinkDecision.Wanted wanted)
                acted |= served.TryGetValue(parentIndex, out var link)
                    ? Adjust(parent, link, wanted)
                    : Try(parent.Name, () => Create(parent, wanted));
        }

        return acted;
    }

    /// <summary>The host interface a link serves: by its tag, or, if we died before tagging it, by what it hangs on.</summary>
    private int ParentOf(LinkMessage link)
    {
        if (OwnerTag.TryParse(link.Alias, out var tag))
            return tag.ParentIndex;
        return link.Kind == "macvlan" ? link.Link : _host.Find(link.Link)?.Master ?? 0;
    }

    /// <summary>Whether it can stay; otherwise it is made anew. Its link-local address hangs on the MAC address.</summary>
    private bool IsAsWanted(LinkMessage link, LinkDecision.Wanted wanted) =>
        link.Kind == (wanted is LinkDecision.Macvlan ? "macvlan" : "veth")
        && link.Address == MacOf(wanted)
        && (link.Kind == "macvlan" || _host.Find(link.Link) is not null);

    private bool IsOurBridgePort(LinkMessage link) =>
        link.Kind == "veth" && link.Name.StartsWith("abut_", StringComparison.Ordinal)
        && OwnerTag.TryParse(link.Alias, out var tag) && tag.Instance == _namespaces.Instance;

    private void Create(LinkMessage parent, LinkDecision.Wanted wanted)
    {
        var name = InterfaceNames.Abutment(parent.Name);
        var address = MacOf(wanted);
        if (wanted is LinkDecision.Macvlan)
        {
            // Bridge mode rather than private: a container on the same wire through a macvlan of its own is a
            // neighbour like any other, and private mode would hide the two from each other while both see the rest.
            _hostRoutes.CreateMacvlan(parent.Index, name, _namespaces.Abutment, address, parent.Mtu, Rtnetlink.MACVLAN_MODE_BRIDGE);
        }
        else
        {
            var portName = InterfaceNames.BridgePort(_namespaces.Instance, parent.Index);

            // One of our name whose far end is elsewhere: half a pair that nothing else would remove.
            if (_host.Find(portName) is { Kind: "veth" } stale)
                _hostRoutes.DeleteLink(stale.Index);
            _hostRoutes.CreateVeth(
                portName,
                name,
                _namespaces.Abutment,
                mtu: PortMtu(parent),
                peerMtu: parent.Mtu,
                address: DerivedMac.From(_nodeIdentity, "port " + wanted.MacSeed),
                peerAddress: address,
                master: parent.Index);
        }
    }

    /// <summary>
    /// Brings a link up to date with its parent. Creation ends here too, in the next round, so there is one place
    /// that finishes things, whether we were interrupted or not.
    /// </summary>
    private bool Adjust(LinkMessage parent, LinkMessage link, LinkDecision.Wanted wanted)
    {
        var acted = false;
        void Do(bool needed, Action action)
        {
            if (needed)
                acted |= Try(parent.Name, action);
        }

        var tag = new OwnerTag(_namespaces.Instance, parent.Index).ToString();
        var name = InterfaceNames.Abutment(parent.Name);
        if (wanted is LinkDecision.VethIntoBridge && _host.Find(link.Link) is { } port)
        {
            var mtu = PortMtu(parent);
            Do(port.Alias != tag, () => _hostRoutes.SetAlias(port.Index, tag));

            // A bridge port needs no address of its own; without this it would take one.
            Do(port.AddrGenMode is not (null or 1), () => _hostRoutes.SetAddrGenMode(port.Index, 1));
            Do(port.Master != parent.Index, () => _hostRoutes.SetMaster(port.Index, parent.Index));
            Do(port.Mtu != mtu, () => _hostRoutes.SetMtu(port.Index, mtu));
            Do(!port.IsUp, () => _hostRoutes.SetUp(port.Index));
        }

        Do(link.Alias != tag, () => _abutmentRoutes.SetAlias(link.Index, tag));
        Do(link.Name != name, () => Rename(link, name));
        Do(link.Mtu != parent.Mtu, () => _abutmentRoutes.SetMtu(link.Index, parent.Mtu));
        Do(!link.IsUp, () => _abutmentRoutes.SetUp(link.Index));

        // The kernel gives the address when the link starts to run; this is for one that was taken away (F-04).
        Do(
            link.IsUp && link.IsRunning && _abutment.Find(link.Index, link.Address.LinkLocal) is null,
            () => _abutmentRoutes.PutAddress(link.Index, link.Address.LinkLocal, 64));
        return acted;
    }

    private void Rename(LinkMessage link, string name)
    {
        try
        {
            _abutmentRoutes.Rename(link.Index, name);
        }
        catch (NetlinkException e) when (e.Errno == Errno.EBUSY)
        {
            // Before Linux 6.2 only an interface that is down can be renamed.
            _abutmentRoutes.SetUp(link.Index, up: false);
            _abutmentRoutes.Rename(link.Index, name);
        }
    }

    /// <summary>
    /// An MTU for our bridge port that changes nothing: a bridge takes the least of its ports', so ours is the least
    /// of the others'.
    /// </summary>
    private int PortMtu(LinkMessage bridge)
    {
        var least = int.MaxValue;
        foreach (var other in _host.Links.Values)
        {
            if (other.Master == bridge.Index && !LinkSelection.IsOurs(other.Name))
                least = Math.Min(least, other.Mtu);
        }

        return least == int.MaxValue ? bridge.Mtu : Math.Max(least, bridge.Mtu);
    }

    /// <summary>Returns whether it was done; a refusal becomes a fact, once.</summary>
    private bool Try(string name, Action action)
    {
        try
        {
            action();
            _said.Remove(name);
            return true;
        }
        catch (NetlinkException e) when (e.Errno is Errno.ENODEV or Errno.ENXIO)
        {
            // Gone while we looked; the news is on its way.
            return false;
        }
        catch (NetlinkException e)
        {
            Say(name, new LinkFact.LinkProblem(name, e.Message));
            return false;
        }
    }

    private void Say(string name, LinkFact fact)
    {
        if (_said.TryGetValue(name, out var before) && before == fact)
            return;
        _said[name] = fact;
        Facts.Add(fact);
    }

    /// <summary>Tells the differences between what the node knows and what is.</summary>
    private void Report()
    {
        var now = new SortedDictionary<int, AbutmentLink>();
        foreach (var link in _abutment.Links.Values.Where(IsManaged))
        {
            if (_host.Find(ParentOf(link)) is not { } parent)
                continue;
            var address = link.Address.LinkLocal;
            var usable = _abutment.Find(link.Index, address) is { IsTentative: false, IsDuplicate: false };

            // A veth does not feel its bridge go down; the parent is asked as well.
            var up = link.IsRunning && parent.IsRunning && usable;
            now[link.Index] = new AbutmentLink(new LinkId(link.Index), link.Name, parent.Name, address, link.Mtu, up);
        }

        foreach (var (index, old) in _links)
        {
            if (old.IsUp && !(now.TryGetValue(index, out var link) && link.IsUp))
                Facts.Add(new LinkFact.LinkDown(old.Link, old.Name, old.Parent));
        }

        foreach (var (index, link) in now)
        {
            if (!link.IsUp)
                continue;
            if (!_links.TryGetValue(index, out var old) || !old.IsUp)
                Facts.Add(new LinkFact.LinkUp(link));
            else if (old != link)
                Facts.Add(new LinkFact.LinkChanged(link));
        }

        _links.Clear();
        foreach (var (index, link) in now)
            _links[index] = link;

        // Interfaces that are gone may come back and be ignored again: worth saying again. Bounds the table, too.
        foreach (var name in _said.Keys.Where(name => _host.Find(name) is null && _abutment.Find(name) is null).ToList())
            _said.Remove(name);
    }

    private MacAddress MacOf(LinkDecision.Wanted wanted) => DerivedMac.From(_nodeIdentity, _sameLinkLocal ? "same" : wanted.MacSeed);
}
