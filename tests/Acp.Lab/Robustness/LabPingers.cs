using Acp.Daemon.Control;
using Acp.Daemon.Lab;
using Acp.Linux.Namespaces;
using Acp.Linux.Sockets;
using Acp.Wire;

namespace Acp.Lab.Robustness;

/// <summary>Pings between the running boxes of a lab, in both views, in rounds.</summary>
internal sealed class LabPingers : IDisposable
{
    private readonly Dictionary<(int Box, LabView View), (Pinger Pinger, Ipv6Address Address)> _pingers = [];

    public LabPingers(RunningLab lab, IReadOnlyDictionary<int, StatusReport> statuses)
    {
        foreach (var (box, status) in statuses)
        {
            using var acp = NetworkNamespace.Open($"{NetworkNamespace.Directory}/{status.Namespaces.Acp}");
            _pingers[(box, LabView.Acp)] = (new Pinger(acp), Ipv6Address.Parse(status.Identity!.AcpAddress!));
            _pingers[(box, LabView.Host)] = (new Pinger(lab.World.Hosts[box]), Ipv6Address.Parse(status.Identity.HostAddress!));
        }
    }

    /// <summary>One request for each pair that is left, and takes off those that answered. Lasts a tenth of a second or less.</summary>
    public IReadOnlyCollection<(int From, int To, LabView View)> Round(HashSet<(int From, int To, LabView View)> left)
    {
        foreach (var (from, to, view) in left)
        {
            var (pinger, address) = _pingers[(from, view)];
            _ = pinger.TrySend(view == LabView.Acp ? address : Ipv6Address.Unspecified, _pingers[(to, view)].Address);
        }

        if (left.Count > 0)
            Pinger.WaitAny([.. _pingers.Values.Select(p => p.Pinger)], TimeSpan.FromMilliseconds(100));
        foreach (var ((box, view), (pinger, _)) in _pingers)
        {
            while (pinger.TryReceive(out var from))
                left.RemoveWhere(p => p.From == box && p.View == view && _pingers[(p.To, view)].Address == from);
        }

        return left;
    }

    public void Dispose()
    {
        foreach (var (pinger, _) in _pingers.Values)
            pinger.Dispose();
    }
}
