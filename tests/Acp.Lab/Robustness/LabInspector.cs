using Acp.Daemon.Control;
using Acp.Daemon.Lab;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Wire;
using Acp.Wire.Netlink;

namespace Acp.Lab.Robustness;

/// <summary>
/// Says what of a running lab is not as it should be: by the daemons' own words, and by what the kernel has in their
/// namespaces.
/// </summary>
internal sealed class LabInspector(RunningLab lab)
{
    public async Task<IReadOnlyList<string>> FindWrongAsync()
    {
        var wrong = new List<string>();
        var boxes = new Dictionary<int, (StatusReport Status, IReadOnlyList<ChannelReport> Channels)>();
        foreach (var box in lab.Alive)
        {
            if (await lab.TryStatusAsync(box) is { } status && await lab.TryChannelsAsync(box) is { } channels)
                boxes[box] = (status, channels);
            else
                wrong.Add($"{lab.Name(box)} does not answer");
        }

        if (wrong.Count > 0)
            return wrong;
        var live = lab.Cables.Where(c => boxes.ContainsKey(c.A) && boxes.ContainsKey(c.B)).ToList();
        foreach (var cable in live)
            JudgeCable(cable, boxes[cable.A].Channels, boxes[cable.B].Channels, wrong);
        var prefixes = boxes.Values.Select(b => Ipv6Prefix.Parse(b.Status.Identity!.Prefix)).ToList();
        foreach (var (box, (status, channels)) in boxes)
        {
            var cables = live.Count(c => c.A == box || c.B == box);
            if (channels.Count != cables || status.Channels != cables || status.IkeSas != cables || status.ChildSas != cables)
            {
                wrong.Add($"{lab.Name(box)} has {channels.Count} channels, {status.IkeSas} IKE SAs and {status.ChildSas} child SAs in all "
                    + $"for {cables} cables");
            }

            JudgeKernel(box, status, channels, prefixes, wrong);
        }

        return wrong;
    }

    private void JudgeCable(LabCable cable, IReadOnlyList<ChannelReport> atA, IReadOnlyList<ChannelReport> atB, List<string> wrong)
    {
        var name = $"{lab.Name(cable.A)}/{cable.AInterface} to {lab.Name(cable.B)}/{cable.BInterface}";
        var a = atA.Where(c => c.Link == cable.AInterface).ToList();
        var b = atB.Where(c => c.Link == cable.BInterface).ToList();
        if (a is not [{ IkeSas: [var ikeA], ChildSas: [var childA] }] || b is not [{ IkeSas: [var ikeB], ChildSas: [var childB] }])
        {
            wrong.Add($"{name}: {Count(a)} at one end and {Count(b)} at the other");
            return;
        }

        if ((ikeA.InitiatorSpi, ikeA.ResponderSpi) != (ikeB.InitiatorSpi, ikeB.ResponderSpi))
            wrong.Add($"{name}: one end has IKE SA {ikeA.InitiatorSpi}/{ikeA.ResponderSpi}, the other {ikeB.InitiatorSpi}/{ikeB.ResponderSpi}");
        if ((childA.InboundSpi, childA.OutboundSpi) != (childB.OutboundSpi, childB.InboundSpi))
            wrong.Add($"{name}: one end has child SA {childA.InboundSpi}/{childA.OutboundSpi}, the other {childB.InboundSpi}/{childB.OutboundSpi}");

        static string Count(List<ChannelReport> channels) =>
            $"{channels.Count} channels, {channels.Sum(c => c.IkeSas.Count)} IKE SAs, {channels.Sum(c => c.ChildSas.Count)} child SAs";
    }

    private void JudgeKernel(
        int box, StatusReport status, IReadOnlyList<ChannelReport> channels, List<Ipv6Prefix> prefixes, List<string> wrong)
    {
        var who = lab.Name(box);
        using var abutmentNs = NetworkNamespace.Open($"{NetworkNamespace.Directory}/{status.Namespaces.Abutment}");
        using var acpNs = NetworkNamespace.Open($"{NetworkNamespace.Directory}/{status.Namespaces.Acp}");
        using var abutment = new RouteSocket(abutmentNs);
        using var acp = new RouteSocket(acpNs);

        Same("links in the abutment namespace", status.Links.Where(l => l.Used).Select(l => l.AbutmentInterface!), abutment.Links());
        Same("interfaces in the acp namespace", channels.Select(c => c.Interface).Append("host"), acp.Links());
        if (lab.Hosts[box].Links().Count(l => l.Name.StartsWith("acp0", StringComparison.Ordinal)) != 1)
            wrong.Add($"{who} has not exactly one window into the ACP");

        var routes = acp.Routes().Where(r => r.Protocol == Rtnetlink.RTPROT_ACPD && r.Table == Rtnetlink.RT_TABLE_MAIN
            && r.Type != Rtnetlink.RTN_UNREACHABLE).ToList();
        foreach (var twins in routes.GroupBy(r => r.Destination).Where(g => g.Count() > 1))
            wrong.Add($"{who} has {twins.Count()} routes to {twins.Key}");
        foreach (var route in routes.Where(r => r.Destination != Ipv6Prefix.Default && !prefixes.Exists(p => p.Contains(r.Destination.Address))))
            wrong.Add($"{who} has a route to {route.Destination}, where nobody is");
        foreach (var rules in acp.Rules().Where(r => r.Protocol == Rtnetlink.RTPROT_ACPD).GroupBy(r => r.Priority).Where(g => g.Count() > 1))
            wrong.Add($"{who} has {rules.Count()} rules of priority {rules.Key}");

        void Same(string what, IEnumerable<string> wanted, List<LinkMessage> found)
        {
            var left = wanted.Order(StringComparer.Ordinal).ToList();
            var right = found.Where(l => l.Name != "lo").Select(l => l.Name).Order(StringComparer.Ordinal).ToList();
            if (!left.SequenceEqual(right))
                wrong.Add($"{who} should have the {what} {string.Join(' ', left)} and has {string.Join(' ', right)}");
        }
    }
}
