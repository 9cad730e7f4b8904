using Acp.Simulation.Reports;

namespace Acp.Daemon.Sim;

/// <summary>What was sent, by protocol: packets and octets of IPv6 on the links.</summary>
internal sealed record SimTraffic(
    long Messages, long Octets, long DullMessages, long DullOctets, long IkeMessages, long IkeOctets, long RplMessages, long RplOctets, long GraspMessages, long GraspOctets)
{
    public static SimTraffic Of(TrafficReport sent) => new(
        sent.All.Messages, sent.All.Octets, sent.Dull.Messages, sent.Dull.Octets, sent.Ike.Messages, sent.Ike.Octets,
        sent.Rpl.Messages, sent.Rpl.Octets, sent.Grasp.Messages, sent.Grasp.Octets);
}
