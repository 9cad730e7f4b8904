using Acp.Daemon.Lab;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Linux.Xfrm;
using Acp.Wire;
using Acp.Wire.Netlink;

namespace Acp.Lab.Robustness;

/// <summary>
/// Everything a running box could leave behind. Taken while its daemon runs, it keeps the two namespaces alive, so that
/// one can look into them after the daemon has taken their names away.
/// </summary>
internal sealed class Footprint : IDisposable
{
    private readonly LabBox _box;
    private readonly NetworkNamespace _host;
    private readonly NetworkNamespace? _abutment;
    private readonly NetworkNamespace? _acp;

    public Footprint(LabBox box)
    {
        _box = box;
        _host = NetworkNamespace.Open(box.Daemon.HostNamespace!);
        _abutment = TryOpen(box.Daemon.AbutmentNamespace);
        _acp = TryOpen(box.Daemon.AcpNamespace);
    }

    /// <summary>Both namespaces could be looked into.</summary>
    public bool IsWhole => _abutment is not null && _acp is not null;

    /// <summary>What is left of ours, in words; empty after a clean stop.</summary>
    public IReadOnlyList<string> FindLeft()
    {
        var left = new List<string>();
        foreach (var name in new[] { _box.Daemon.AbutmentNamespace, _box.Daemon.AcpNamespace })
        {
            if (File.Exists($"{NetworkNamespace.Directory}/{name}"))
                left.Add($"the name {NetworkNamespace.Directory}/{name}");
        }

        if (Directory.Exists(_box.Daemon.RunDirectory))
            left.AddRange(Directory.EnumerateFileSystemEntries(_box.Daemon.RunDirectory, _box.Daemon.Instance + ".*"));
        LookInto("host", _host, ours: false);
        if (_abutment is not null)
            LookInto("abutment", _abutment, ours: true);
        if (_acp is not null)
            LookInto("acp", _acp, ours: true);
        return left.ConvertAll(l => $"{_box.Name}: {l}");

        void LookInto(string which, NetworkNamespace ns, bool ours)
        {
            using var routes = new RouteSocket(ns);
            foreach (var link in routes.Links().Where(l => ours ? l.Name != "lo" : l.Name.StartsWith("acp", StringComparison.Ordinal)
                || l.Name.StartsWith("abut_", StringComparison.Ordinal)))
                left.Add($"the interface {link.Name} in the {which} namespace");
            foreach (var address in routes.Addresses().Where(a => a.Address != Ipv6Address.Parse("::1") && !a.Address.IsLinkLocal))
                left.Add($"the address {address.Address} in the {which} namespace");
            foreach (var route in routes.Routes().Where(r => r.Protocol == Rtnetlink.RTPROT_ACPD))
                left.Add($"the route to {route.Destination} in the {which} namespace");
            foreach (var rule in routes.Rules().Where(r => r.Protocol == Rtnetlink.RTPROT_ACPD))
                left.Add($"the rule of priority {rule.Priority} in the {which} namespace");
            if (!ours)
                return;
            foreach (var table in new[] { "udp6", "raw6", "tcp6", "udp", "raw", "tcp" })
            {
                var sockets = ns.Run(() => File.ReadLines($"/proc/thread-self/net/{table}").Skip(1).Count(IsOwned));
                if (sockets > 0)
                    left.Add($"{sockets} {table} sockets in the {which} namespace");
            }

            try
            {
                using var xfrm = new XfrmSocket(ns);
                left.AddRange(xfrm.States().Select(s => $"an ESP SA to {s.Destination} in the {which} namespace"));
                left.AddRange(xfrm.Policies().Select(_ => $"an xfrm policy in the {which} namespace"));
            }
            catch (Exception e) when (e is NetlinkException or Acp.Linux.Interop.SystemCallException)
            {
                // A kernel without xfrm has none.
            }
        }
    }

    public void Dispose()
    {
        _host.Dispose();
        _abutment?.Dispose();
        _acp?.Dispose();
    }

    private static NetworkNamespace? TryOpen(string name) =>
        NetworkNamespace.Exists(name) ? NetworkNamespace.Open($"{NetworkNamespace.Directory}/{name}") : null;

    /// <summary>
    /// The tenth column is the inode. TCP connections that a process left behind, and the kernel alone brings to their end
    /// (FIN-WAIT, TIME-WAIT), have none.
    /// </summary>
    private static bool IsOwned(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [_, _, _, _, _, _, _, _, _, "0", ..];
}
