using System.Diagnostics.CodeAnalysis;
using Acp.Core;
using Acp.Linux.DataPlane;
using Acp.Linux.Interop;
using Acp.Linux.Loop;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Wire;
using Acp.Wire.Netlink;
using XfrmConstants = Acp.Wire.Netlink.Xfrm;

namespace Acp.Linux.Xfrm;

/// <summary>
/// Child SAs as xfrm states. States and policies live in the abutment namespace, keyed by if_id; the xfrm interface is
/// made there and moved to the acp namespace, which thereby has no other way to the links than through ESP (E-14, E-15).
/// <code>
///   acp namespace          abutment namespace
///   acp_…  ──if_id──►  policy ──reqid──► state ──output mark──► rule ──► table { fe80::/64 dev LINK }
/// </code>
/// A state knows addresses but no interface, and link-local addresses repeat across links. The output mark brings the
/// link back: it leads the encrypted packet to a table with one link in it. Not thread-safe; owned by the loop.
/// </summary>
public sealed class KernelDataPlane : IDataPlane
{
    /// <summary>
    /// Octets. An inner packet of 1280, padded to four with its trailer, behind an IPv6 header, ESP header, IV and ICV. On a
    /// smaller link the ESP packet would have to be fragmented (E-18), which xfrm interfaces do not: such a link needs
    /// the user-space data plane.
    /// </summary>
    public const int MinimumLinkMtu = 40 + 8 + 8 + 1284 + 16;

    /// <summary>Packets. RFC 4303 §3.4.3 wants 32 and likes 64; multi-queue cards reorder more than that.</summary>
    private const uint ReplayWindow = 128;

    /// <summary>Without ESN the hard limit keeps the sequence number from wrapping (E-10), the soft one asks for a rekey.</summary>
    private static readonly XfrmLifetime ShortSequence = new(SoftPackets: 3UL << 30, HardPackets: uint.MaxValue);

    private static readonly Ipv6Prefix LinkLocal = new(Ipv6Address.Parse("fe80::"), 64);
    private static readonly Ipv6Prefix Everything = new(Ipv6Address.Unspecified, 0);
    private static readonly byte[] Directions =
        [XfrmConstants.XFRM_POLICY_OUT, XfrmConstants.XFRM_POLICY_IN, XfrmConstants.XFRM_POLICY_FWD];

    private readonly NetworkNamespace _acp;
    private readonly IDataPlaneNews? _news;
    private readonly EventLoop? _loop;
    private readonly RouteSocket _abutmentRoutes;
    private readonly RouteSocket _acpRoutes;
    private readonly XfrmSocket _xfrm;
    private readonly XfrmExpirySocket _expiries;
    private readonly Dictionary<ChannelId, KernelChannel> _channels = [];

    /// <summary>Flushes what a killed predecessor left in both namespaces, then is ready.</summary>
    /// <param name="abutment">Must outlive this object, like <paramref name="acp"/>.</param>
    /// <param name="news">Hears of lifetimes running out; null when nobody wants to.</param>
    /// <param name="loop">Watches the kernel's news; without one, <see cref="HandleNews"/> must be called.</param>
    /// <exception cref="DataPlaneException">The kernel lacks xfrm, or we lack the right to use it.</exception>
    public KernelDataPlane(NetworkNamespace abutment, NetworkNamespace acp, IDataPlaneNews? news = null, EventLoop? loop = null)
    {
        _acp = acp;
        _news = news;
        _loop = loop;
        try
        {
            _abutmentRoutes = new RouteSocket(abutment);
            _acpRoutes = new RouteSocket(acp);
            _xfrm = new XfrmSocket(abutment);
            _expiries = new XfrmExpirySocket(abutment);
            LeftoversRemoved = Flush();
            _loop?.Register(_expiries.Fd, HandleNews);
        }
        catch (Exception e) when (IsSystemRefusal(e))
        {
            _abutmentRoutes?.Dispose();
            _acpRoutes?.Dispose();
            _xfrm?.Dispose();
            _expiries?.Dispose();
            throw new DataPlaneException($"the kernel data plane cannot start: {e.Message}", e);
        }
    }

    public DataPlaneKind Kind => DataPlaneKind.Kernel;

    /// <summary>Interfaces, policies, states, rules and routes of a killed predecessor, found and removed at the start.</summary>
    public int LeftoversRemoved { get; }

    /// <summary>Whether a link is wide enough (<see cref="MinimumLinkMtu"/>). One that is gone is: opening a channel there says so.</summary>
    public bool Suits(LinkId link) => Try(
        $"look at {link}", () => _abutmentRoutes.Links().Find(found => found.Index == link.Value) is not { Mtu: < MinimumLinkMtu });

    public int OpenChannel(ChannelSpec channel) => Try($"open {channel.Channel}", () =>
    {
        if (_channels.ContainsKey(channel.Channel))
            throw new DataPlaneException($"{channel.Channel} is already open");
        if (channel.Link == LinkId.HostNetwork)
            throw new DataPlaneException("kernel ESP is made for links, not for the host's network");
        var link = _abutmentRoutes.Links().Find(link => link.Index == channel.Link.Value)
            ?? throw new DataPlaneException($"{channel.Link} is gone");
        if (link.Mtu < MinimumLinkMtu)
            throw new DataPlaneException(
                $"{link.Name} has an MTU of {link.Mtu}, and below {MinimumLinkMtu} kernel ESP cannot carry packets of 1280 octets; use the user-space data plane");
        try
        {
            PutLink(channel.Link);
            AddPolicies(channel);
            var index = MakeInterface(channel);
            _channels.Add(channel.Channel, new KernelChannel(channel, index));
            return index;
        }
        catch
        {
            Undo(channel);
            throw;
        }
    });

    public void InstallChildSa(ChildSaParameters childSa, bool sendAtOnce = true)
    {
        // The kernel copies the keys. Ours go at once, whatever it answers.
        using var inboundKey = childSa.InboundKey;
        using var outboundKey = childSa.OutboundKey;
        Try($"install the child SA {childSa.InboundSpi:x8}/{childSa.OutboundSpi:x8} of {childSa.Channel}", () =>
        {
            if (!_channels.TryGetValue(childSa.Channel, out var channel))
                throw new DataPlaneException($"{childSa.Channel} is not open");
            if (childSa.Link != channel.Spec.Link || childSa.Local != channel.Spec.Local || childSa.Remote != channel.Spec.Remote)
                throw new DataPlaneException($"its link and addresses are not those of {childSa.Channel}");

            // The kernel drops the table's route when the link goes down, and does not bring it back.
            PutLink(childSa.Link);
            var algorithm = childSa.Algorithm == EspAlgorithm.AesGcm256 ? XfrmConstants.AesGcmName : XfrmConstants.ChaCha20Poly1305Name;
            var ifId = XfrmNumbers.IfId(childSa.Channel);
            var inbound = new XfrmStateMessage(
                childSa.Remote,
                childSa.Local,
                childSa.InboundSpi,
                RequestId: ifId,
                ifId,
                OutputMark: 0,
                childSa.ExtendedSequenceNumbers,
                ReplayWindow,
                LifetimeOf(childSa));
            var outbound = inbound with
            {
                Source = childSa.Local,
                Destination = childSa.Remote,
                Spi = childSa.OutboundSpi,
                OutputMark = XfrmNumbers.MarkAndTable(childSa.Link),
            };

            // Receive before sending, so that the neighbour's first packet finds its state.
            _xfrm.AddState(inbound, algorithm, inboundKey.Span);
            var known = new KernelChildSa(childSa.InboundSpi, childSa.Local, childSa.OutboundSpi, childSa.Remote);
            if (!sendAtOnce && channel.ChildSas.Count > 0)
            {
                // The youngest outbound state would send: this one's is made when it is to.
                known.Held = new KernelHeldState(outbound, algorithm, outboundKey.Slice(0, outboundKey.Length));
                channel.ChildSas.Add(known);
                return 0;
            }

            try
            {
                // xfrm_state_find() prefers the youngest of several: this one sends from now on (E-16).
                _xfrm.AddState(outbound, algorithm, outboundKey.Span);
            }
            catch
            {
                _xfrm.DeleteState(inbound.Destination, inbound.Spi);
                throw;
            }

            channel.ChildSas.Add(known);
            return 0;
        });
    }

    /// <summary>
    /// Makes the outbound state that was held back, the youngest now. One that exists already cannot be made younger: its
    /// sequence numbers would begin anew under the same key. The channel then goes on sending on the younger one, which
    /// the peer has, and falls back to the older when that is removed.
    /// </summary>
    public void SwitchOutbound(ChannelId channel, uint inboundSpi) => Try($"send on the child SA {inboundSpi:x8} of {channel}", () =>
    {
        if (!_channels.TryGetValue(channel, out var open) || open.ChildSas.Find(sa => sa.InboundSpi == inboundSpi) is not { Held: { } held } found)
            return 0;
        found.Held = null;
        using (held)
            _xfrm.AddState(held.State, held.Algorithm, held.Key.Span);
        return 0;
    });

    /// <summary>Never of this plane: see <see cref="OpenChannel"/>.</summary>
    public void MoveChannel(ChannelId channel, UdpEncapsulation encapsulation)
    {
    }

    public void RemoveChildSa(ChannelId channel, uint inboundSpi) => Try($"remove the child SA {inboundSpi:x8} of {channel}", () =>
    {
        if (!_channels.TryGetValue(channel, out var open))
            return 0;
        var place = open.ChildSas.FindIndex(sa => sa.InboundSpi == inboundSpi);
        if (place >= 0)
            Remove(open, place);
        return 0;
    });

    public void CloseChannel(ChannelId channel) => Try($"close {channel}", () =>
    {
        if (!_channels.TryGetValue(channel, out var open))
            return 0;
        while (open.ChildSas.Count > 0)
            Remove(open, open.ChildSas.Count - 1);
        _channels.Remove(channel);
        _acpRoutes.DeleteLink(open.InterfaceIndex);
        DeletePolicies(channel);
        DropLinkIfUnused(open.Spec.Link);
        return 0;
    });

    public ChannelCounters ReadCounters(ChannelId channel) => Try($"read the counters of {channel}", () =>
    {
        if (!_channels.TryGetValue(channel, out var open))
            return default;
        var sum = open.Past;
        foreach (var sa in open.ChildSas)
            sum = Add(sum, sa);
        return sum;
    });

    /// <summary>The kernel forgot the route that the link's mark leads to.</summary>
    public void RestoreLink(LinkId link) => Try($"restore {link}", () =>
    {
        if (_channels.Values.Any(channel => channel.Spec.Link == link))
            PutLink(link);
        return 0;
    });

    /// <summary>Reads the kernel's expiry news and passes them on. The loop calls it, when there is one.</summary>
    public void HandleNews() => _expiries.Read(expiry =>
    {
        foreach (var channel in _channels.Values)
        {
            foreach (var sa in channel.ChildSas)
            {
                if ((expiry.Spi == sa.InboundSpi && expiry.Destination == sa.Local)
                    || (expiry.Spi == sa.OutboundSpi && expiry.Destination == sa.Remote))
                {
                    // A hard limit: the kernel has deleted the state.
                    if (expiry.Hard)
                        _news?.LifetimeOver(channel.Spec.Channel, sa.InboundSpi);
                    else
                        _news?.LifetimeNear(channel.Spec.Channel, sa.InboundSpi);
                }
            }
        }
    });

    public void Dispose()
    {
        _loop?.Unregister(_expiries.Fd);
        foreach (var channel in _channels.Keys.ToList())
            CloseChannel(channel);
        _expiries.Dispose();
        _xfrm.Dispose();
        _acpRoutes.Dispose();
        _abutmentRoutes.Dispose();
    }

    private static XfrmLifetime LifetimeOf(ChildSaParameters childSa)
    {
        var sequence = childSa.ExtendedSequenceNumbers ? XfrmLifetime.Unlimited : ShortSequence;
        var limits = childSa.Limits;
        return new XfrmLifetime(
            Math.Min(sequence.SoftPackets, limits.SoftPackets), Math.Min(sequence.HardPackets, limits.HardPackets),
            limits.SoftOctets, limits.HardOctets);
    }

    private static bool IsSystemRefusal(Exception e) => e is NetlinkException or SystemCallException;

    private static T Try<T>(string attempted, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (IsSystemRefusal(e))
        {
            throw new DataPlaneException($"{attempted}: {e.Message}", e);
        }
        catch (DataPlaneException e)
        {
            throw new DataPlaneException($"{attempted}: {e.Message}", e);
        }
    }

    private int MakeInterface(ChannelSpec channel)
    {
        var ns = _abutmentRoutes.Namespace;
        _abutmentRoutes.Socket.Request(
            XfrmRequests.CreateInterface(channel.InterfaceName, channel.Link.Value, XfrmNumbers.IfId(channel.Channel), channel.Mtu),
            $"make the xfrm interface {channel.InterfaceName} in {ns}");
        _abutmentRoutes.MoveTo(_abutmentRoutes.IndexOf(channel.InterfaceName), _acp);

        // Its number may have changed on the way.
        var index = _acpRoutes.IndexOf(channel.InterfaceName);
        var settings = $"net/ipv6/conf/{channel.InterfaceName}";
        _acpRoutes.SetAddrGenMode(index, 1);
        Sysctl.EnsureIfKnown(_acp, settings + "/disable_ipv6", "0");
        Sysctl.Ensure(_acp, settings + "/accept_ra", "0");
        Sysctl.Ensure(_acp, settings + "/hop_limit", NamespaceSettings.HopLimit);
        Sysctl.Ensure(_acp, settings + "/accept_redirects", "0");
        Sysctl.Ensure(_acp, settings + "/forwarding", "1");
        _acpRoutes.PutAddress(index, channel.InnerLinkLocal, 64);
        _acpRoutes.SetUp(index);
        return index;
    }

    private void AddPolicies(ChannelSpec channel)
    {
        // Inbound policies are what lets a decrypted packet in: it must have come through this channel's tunnel.
        var ifId = XfrmNumbers.IfId(channel.Channel);
        _xfrm.AddPolicy(XfrmConstants.XFRM_POLICY_OUT, ifId, ifId, channel.Local, channel.Remote);
        _xfrm.AddPolicy(XfrmConstants.XFRM_POLICY_IN, ifId, ifId, channel.Remote, channel.Local);
        _xfrm.AddPolicy(XfrmConstants.XFRM_POLICY_FWD, ifId, ifId, channel.Remote, channel.Local);
    }

    private void DeletePolicies(ChannelId channel)
    {
        foreach (var direction in Directions)
            _xfrm.DeletePolicy(direction, XfrmNumbers.IfId(channel));
    }

    /// <summary>The link's rule and table, made or made again.</summary>
    private void PutLink(LinkId link)
    {
        foreach (var route in RoutesOf(link))
            _abutmentRoutes.PutRoute(route);
        _abutmentRoutes.AddRule(RuleOf(link));
    }

    private void DropLinkIfUnused(LinkId link)
    {
        if (_channels.Values.Any(channel => channel.Spec.Link == link))
            return;
        _abutmentRoutes.DeleteRule(RuleOf(link));
        foreach (var route in RoutesOf(link))
            _abutmentRoutes.DeleteRoute(route);
    }

    private static RuleMessage RuleOf(LinkId link)
    {
        var number = XfrmNumbers.MarkAndTable(link);
        return new RuleMessage(XfrmNumbers.RulePriority, Table: number, Mark: number, MarkMask: uint.MaxValue);
    }

    /// <summary>
    /// The link's own prefix, and nothing else: when the link is down its route is gone, and without the second route
    /// the search would go on in the main table and choose another link.
    /// </summary>
    private static RouteMessage[] RoutesOf(LinkId link)
    {
        var table = XfrmNumbers.MarkAndTable(link);
        return
        [
            new RouteMessage(LinkLocal, link.Value, Table: table),
            new RouteMessage(Everything, 0, Table: table, Type: Rtnetlink.RTN_UNREACHABLE),
        ];
    }

    private void Remove(KernelChannel channel, int place)
    {
        var sa = channel.ChildSas[place];
        channel.Past = Add(channel.Past, sa);
        channel.ChildSas.RemoveAt(place);
        sa.Held?.Dispose();
        _xfrm.DeleteState(sa.Remote, sa.OutboundSpi);
        _xfrm.DeleteState(sa.Local, sa.InboundSpi);
    }

    private ChannelCounters Add(ChannelCounters sum, KernelChildSa sa)
    {
        var inbound = _xfrm.FindState(sa.Local, sa.InboundSpi);
        var outbound = _xfrm.FindState(sa.Remote, sa.OutboundSpi);
        return sum with
        {
            PacketsIn = sum.PacketsIn + (long)(inbound?.Packets ?? 0),
            OctetsIn = sum.OctetsIn + (long)(inbound?.Octets ?? 0),
            PacketsOut = sum.PacketsOut + (long)(outbound?.Packets ?? 0),
            OctetsOut = sum.OctetsOut + (long)(outbound?.Octets ?? 0),
            AuthenticationFailures = sum.AuthenticationFailures + (inbound?.IntegrityFailures ?? 0),
            Replays = sum.Replays + (inbound?.Replays ?? 0),
        };
    }

    /// <summary>Takes back what a failed <see cref="OpenChannel"/> got done; its own failure must not hide the first.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "the first failure is the one to report")]
    private void Undo(ChannelSpec channel)
    {
        try
        {
            foreach (var routes in new[] { _abutmentRoutes, _acpRoutes })
            {
                if (routes.FindLink(channel.InterfaceName) is { } link && link.XfrmIfId == XfrmNumbers.IfId(channel.Channel))
                    routes.DeleteLink(link.Index);
            }

            DeletePolicies(channel.Channel);
            DropLinkIfUnused(channel.Link);
        }
        catch (Exception e) when (IsSystemRefusal(e))
        {
        }
    }

    private int Flush()
    {
        var removed = 0;
        foreach (var routes in new[] { _abutmentRoutes, _acpRoutes })
        {
            foreach (var link in routes.Links().Where(link => XfrmNumbers.IsOurs(link.XfrmIfId)))
            {
                routes.DeleteLink(link.Index);
                removed++;
            }
        }

        foreach (var policy in _xfrm.Policies().Where(policy => XfrmNumbers.IsOurs(policy.IfId)))
        {
            _xfrm.DeletePolicy(policy);
            removed++;
        }

        foreach (var state in _xfrm.States().Where(state => XfrmNumbers.IsOurs(state.IfId)))
        {
            _xfrm.DeleteState(state.Destination, state.Spi);
            removed++;
        }

        foreach (var rule in _abutmentRoutes.Rules().Where(rule => XfrmNumbers.IsOurs(rule.Table)))
        {
            _abutmentRoutes.DeleteRule(rule);
            removed++;
        }

        foreach (var route in _abutmentRoutes.Routes().Where(route => XfrmNumbers.IsOurs(route.Table)))
        {
            _abutmentRoutes.DeleteRoute(route);
            removed++;
        }

        return removed;
    }
}
