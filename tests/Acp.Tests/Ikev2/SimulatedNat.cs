using Acp.Core.Ikev2;
using Acp.Wire;

namespace Acp.Tests.Ikev2;

/// <summary>
/// A NAT before B: B's packets leave with the outside address and a port of their own; what comes for a port that
/// nobody inside has used, or that was forgotten, is lost.
/// </summary>
internal sealed class SimulatedNat
{
    public static readonly Ipv6Address Server = Ipv6Address.Parse("::ffff:198.51.100.7");
    public static readonly Ipv6Address Inside = Ipv6Address.Parse("::ffff:10.0.0.2");
    public static readonly Ipv6Address Outside = Ipv6Address.Parse("::ffff:203.0.113.9");

    private readonly IkeWorld _world;
    private readonly Dictionary<ushort, ushort> _outsidePorts = [];
    private ushort _last = 61000;

    public SimulatedNat(IkeWorld world)
    {
        _world = world;
        world.Middlebox = Translate;
    }

    public ushort LastPort => _last;

    /// <summary>All mappings are new from now on, as after the NAT's restart.</summary>
    public void Forget() => _outsidePorts.Clear();

    private Ikev2Action.SendDatagram? Translate(IkeNode from, Ikev2Action.SendDatagram sent)
    {
        if (from == _world.B)
        {
            if (!_outsidePorts.TryGetValue(sent.LocalPort, out var port))
                _outsidePorts[sent.LocalPort] = port = ++_last;
            return sent with { Local = Outside, LocalPort = port };
        }

        var inside = _outsidePorts.FirstOrDefault(p => p.Value == sent.RemotePort).Key;
        return sent.Remote != Outside || inside == 0 ? null : sent with { Remote = Inside, RemotePort = inside };
    }
}
