using Acp.Daemon.Control;
using Spectre.Console;

namespace Acp.Daemon.Commands;

/// <summary>One peer for people.</summary>
internal static class PeerTable
{
    public static void Print(IAnsiConsole console, PeerReport peer)
    {
        ReportTables.Channels(console, peer.Channel is { } channel ? [channel] : []);
        ReportTables.Neighbors(console, peer.Neighbor is { } neighbor ? [neighbor] : []);
    }
}
