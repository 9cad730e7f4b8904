using System.Globalization;
using Acp.Daemon.Control;
using Spectre.Console;

namespace Acp.Daemon.Commands;

/// <summary>The reports for people.</summary>
internal static class ReportTables
{
    public static void Status(IAnsiConsole console, StatusReport status)
    {
        var facts = Plain("", "");
        facts.HideHeaders();
        Fact("acpd", $"{status.Version}, instance {status.Instance}, process {status.Pid}, up {Duration(status.UptimeSeconds)}, {status.RssKib / 1024.0:F1} MiB resident");
        Fact("state", status.State);
        if (status.Identity is { } identity)
        {
            Fact("node", $"{identity.NodeName}");
            Fact("address", $"{identity.AcpAddress}, prefix {identity.Prefix}, host {identity.HostAddress ?? "none yet"}");
            Fact("certificate", $"{identity.Subject}, until {identity.NotAfter.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC, SHA-256 {Shorten(identity.Sha256)}");
        }
        else
        {
            Fact("node", "no identity: the ACP is not built");
        }

        Fact("data plane", $"{status.DataPlane.Kind}: {status.DataPlane.Why}");
        var rpl = status.Rpl;
        Fact("routing", rpl.DodagId is null ? rpl.Role
            : $"{rpl.Role}, rank {rpl.Rank}, DODAG {rpl.DodagId} version {rpl.Version}" + (rpl.Parent is null ? "" : $", parent {rpl.Parent} on {rpl.ParentInterface}"));
        Fact("counts", $"{status.Neighbors} neighbours, {status.Channels} channels, {status.IkeSas} IKE SAs, {status.ChildSas} child SAs, {status.Routes} routes");
        if (status.Grasp is { } grasp)
        {
            Fact("GRASP", grasp.Operational
                ? $"{grasp.Neighbors.Count(n => n.State == "connected")} of {grasp.Neighbors.Count} channel neighbours connected, {grasp.Streams} TLS streams, {grasp.Sessions} sessions, {grasp.Floods} floods and {grasp.Discovered} locators known"
                : "off");
        }

        Fact("namespaces", $"{status.Namespaces.Abutment}, {status.Namespaces.Acp}" + (status.Namespaces.Host is { } host ? $", host {host}" : ""));
        console.Write(facts);

        console.WriteLine();
        var links = Plain("LINK", "KIND", "USED", "UP", "MTU", "ADDRESS", "WHY");
        foreach (var link in status.Links)
            Row(links, link.Name, link.Kind, YesNo(link.Used), YesNo(link.Up), Number(link.Mtu), link.LinkLocal ?? "-", link.Reason);
        console.Write(links);

        if (status.Counters.Any(c => c.Value != 0))
        {
            console.WriteLine();
            var counters = Plain("COUNTER", "VALUE");
            foreach (var (name, value) in status.Counters.Where(c => c.Value != 0).OrderBy(c => c.Key, StringComparer.Ordinal))
                Row(counters, name, Number(value));
            console.Write(counters);
        }

        foreach (var problem in status.Problems)
            console.Write(new Text($"problem: {problem}\n", new Style(Color.Red)));

        void Fact(string name, string value) => Row(facts, name, value);
    }

    public static void Neighbors(IAnsiConsole console, IReadOnlyList<NeighborReport> neighbors)
    {
        if (neighbors.Count == 0)
        {
            console.WriteLine("no neighbour has been heard");
            return;
        }

        var table = Plain("LINK", "ADDRESS", "STATE", "OFFERS", "ACP ADDRESS", "NODE", "EXPIRES", "TROUBLE");
        foreach (var n in neighbors)
        {
            var trouble = n.LastFailure is null ? "-"
                : $"{n.LastFailure} ({n.Failures} in a row)"
                    + (n.NextAttemptInSeconds is { } next ? $", next attempt in {Duration(next)}" : "");
            Row(table, n.Link, n.LinkLocal, n.State, string.Join(' ', n.Methods), n.AcpAddress ?? "-", n.NodeName ?? "-", n.Configured && n.ExpiresInSeconds <= 0 ? "configured" : Duration(n.ExpiresInSeconds), trouble);
        }

        console.Write(table);
    }

    public static void Channels(IAnsiConsole console, IReadOnlyList<ChannelReport> channels)
    {
        if (channels.Count == 0)
        {
            console.WriteLine("there is no channel");
            return;
        }

        var table = Plain("ID", "INTERFACE", "LINK", "STATE", "PEER", "ADDRESS", "UP", "MTU", "IKE SA", "CHILD SA (IN/OUT)", "PACKETS IN/OUT", "REFUSED");
        foreach (var c in channels)
        {
            var t = c.Traffic;
            Row(table, c.Id, c.Interface, c.Link, c.State, c.PeerName ?? "-", c.PeerAddress ?? "-", Duration(c.UpSeconds), Number(c.Mtu),
                c.IkeSas.Count == 0 ? "-" : string.Join(' ', c.IkeSas.Select(s => $"{s.InitiatorSpi}/{s.ResponderSpi} {s.Role} {s.Proposal}")),
                c.ChildSas.Count == 0 ? "-" : string.Join(' ', c.ChildSas.Select(s => $"{s.InboundSpi}/{s.OutboundSpi} {s.Algorithm}")),
                $"{Number(t.PacketsIn)}/{Number(t.PacketsOut)}",
                Number(t.AuthenticationFailures + t.Replays + t.Malformed));
        }

        console.Write(table);
    }

    public static void Routes(IAnsiConsole console, IReadOnlyList<RouteReport> routes)
    {
        if (routes.Count == 0)
        {
            console.WriteLine("there is no route");
            return;
        }

        var table = Plain("DESTINATION", "VIA", "INTERFACE", "ORIGIN", "EXPIRES");
        foreach (var r in routes)
            Row(table, r.Destination, r.NextHop ?? "-", r.Interface, r.Origin, r.ExpiresInSeconds is { } left ? Duration(left) : "-");
        console.Write(table);
    }

    /// <summary>"850ms", "4.2s", "3m12s", "5h03m", "12d04h".</summary>
    public static string Duration(double seconds)
    {
        if (seconds < 1)
            return (Math.Max(seconds, 0) * 1000).ToString("0", CultureInfo.InvariantCulture) + "ms";
        if (seconds < 60)
            return seconds.ToString("0.0", CultureInfo.InvariantCulture) + "s";
        var span = TimeSpan.FromSeconds(seconds);
        return span.TotalHours < 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes}m{span.Seconds:00}s")
            : span.TotalDays < 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}h{span.Minutes:00}m")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalDays}d{span.Hours:00}h");
    }

    /// <summary>Columns without lines: as readable in a pipe as on a terminal, and easy to cut.</summary>
    public static Table Plain(params string[] headers)
    {
        var table = new Table().NoBorder();
        foreach (var header in headers)
            table.AddColumn(new TableColumn(new Text(header, new Style(decoration: Decoration.Bold))) { Padding = new Padding(0, 0, 2, 0) });
        return table;
    }

    /// <summary>
    /// The cells are text, never markup: a neighbour's name may contain brackets. Nor does anything that a neighbour
    /// said reach the terminal as a control character.
    /// </summary>
    public static void Row(Table table, params string[] cells) => table.AddRow(cells.Select(c => new Text(PrintableText.Of(c))));

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string YesNo(bool value) => value ? "yes" : "no";

    private static string Shorten(string hex) => hex.Length > 16 ? hex[..16] + "…" : hex;
}
