using System.Globalization;
using Acp.Core.Rpl;
using Acp.Simulation.Pictures;
using Acp.Simulation.Reports;
using Acp.Simulation.Topologies;

namespace Acp.Daemon.Sim;

/// <summary>The end of a run as a picture.</summary>
internal static class SimPicture
{
    public static string Draw(Topology topology, SimulationReport report)
    {
        var boxes = new PictureBox[topology.Nodes];
        foreach (var node in report.Nodes)
        {
            boxes[node.Number] = new PictureBox(
                topology.Labels?[node.Number] ?? node.Number.ToString(CultureInfo.InvariantCulture),
                State(node),
                node.Parent,
                node.IsRunning ? string.Create(CultureInfo.InvariantCulture, $"rank {node.Rank}, {node.Channels} channels, {node.Routes} routes, {node.AcpAddress}") : "");
        }

        var links = new PictureLinkState[topology.Edges.Count];
        foreach (var link in report.Links)
        {
            links[link.Number] = !link.IsUp || link.IsSilent || !report.Nodes[link.A].IsRunning || !report.Nodes[link.B].IsRunning ? PictureLinkState.Dead
                : link.Channel != ChannelState.Up ? PictureLinkState.Idle
                : link.InTree ? PictureLinkState.Parent : PictureLinkState.Channel;
        }

        var converged = report.TimeToConverge is { } time ? string.Create(CultureInfo.InvariantCulture, $"every pair routed after {time.TotalSeconds:0.0} s") : "did not converge";
        return TopologyPicture.Draw(
            string.Create(CultureInfo.InvariantCulture, $"{report.Topology}, {report.NodeCount} boxes, {report.LinkCount} links"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"seed {report.Seed}, {report.Elapsed.TotalSeconds:0.0} s after power-on; {converged}; {report.Depth} hops deep"),
            topology, boxes, links);
    }

    private static PictureBoxState State(NodeReport node) =>
        !node.IsRunning ? PictureBoxState.Off
        : node.Parent is not null ? PictureBoxState.Joined
        : node.Role != RplRole.Joined && node.Channels > 0 ? PictureBoxState.Root
        : PictureBoxState.Alone;
}
