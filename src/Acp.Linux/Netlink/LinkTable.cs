using Acp.Wire;
using Acp.Wire.Netlink;

namespace Acp.Linux.Netlink;

/// <summary>The interfaces and IPv6 addresses of one namespace as last heard.</summary>
public sealed class LinkTable(NetworkPlace place)
{
    private readonly SortedDictionary<int, LinkMessage> _links = [];
    private readonly Dictionary<(int Index, Ipv6Address Address), AddressMessage> _addresses = [];

    /// <summary>By interface index.</summary>
    public IReadOnlyDictionary<int, LinkMessage> Links => _links;

    public IEnumerable<AddressMessage> Addresses => _addresses.Values;

    public LinkMessage? Find(int index) => _links.GetValueOrDefault(index);

    public LinkMessage? Find(string name) => _links.Values.FirstOrDefault(link => link.Name == name);

    public AddressMessage? Find(int index, Ipv6Address address) => _addresses.GetValueOrDefault((index, address));

    /// <summary>Replaces everything by a dump.</summary>
    public void Load(IEnumerable<LinkMessage> links, IEnumerable<AddressMessage> addresses)
    {
        _links.Clear();
        _addresses.Clear();
        foreach (var link in links)
            _links[link.Index] = link;
        foreach (var address in addresses)
            _addresses[(address.Index, address.Address)] = address;
    }

    /// <summary>Takes in one piece of news. Returns whether this namespace's picture changed.</summary>
    public bool Apply(LinkNews news)
    {
        switch (news)
        {
            case LinkNews.LinkChanged(var where, var link) when where == place:
                if (_links.TryGetValue(link.Index, out var known) && known == link)
                    return false;
                _links[link.Index] = link;
                return true;
            case LinkNews.LinkGone(var where, var link) when where == place:
                foreach (var key in _addresses.Keys.Where(key => key.Index == link.Index).ToList())
                    _addresses.Remove(key);
                return _links.Remove(link.Index);
            case LinkNews.AddressChanged(var where, var address) when where == place:
                if (_addresses.TryGetValue((address.Index, address.Address), out var old) && old == address)
                    return false;
                _addresses[(address.Index, address.Address)] = address;
                return true;
            case LinkNews.AddressGone(var where, var address) when where == place:
                return _addresses.Remove((address.Index, address.Address));
            default:
                return false;
        }
    }
}
