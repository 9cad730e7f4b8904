using System.Globalization;
using Acp.Daemon.Control;
using Spectre.Console;

namespace Acp.Daemon.Commands;

/// <summary>One peer for people.</summary>
internal static class PeerTable
{
    public static void Print(IAnsiConsole console, PeerReport peer)
    {
        var table = ReportTables.Plain("", "");
        table.HideHeaders();
        void Row(string name, string value) => ReportTables.Row(table, name, value);

        var leaf = peer.Certificates.Count > 0 ? peer.Certificates[0] : null;
        Row("peer", peer.Channel?.PeerName ?? peer.Neighbor?.NodeName ?? leaf?.AcpNodeName ?? "nobody knows yet: it never authenticated");
        Row("address", $"{peer.Address} on {peer.Link}" + ((peer.Channel?.PeerAddress ?? peer.Neighbor?.AcpAddress) is { } acp ? $", {acp} in the ACP" : ""));
        if (peer.Channel is { } channel)
            Channel(channel, Row);
        else
            Row("channel", "none");
        if (peer.LastTrouble is { } trouble)
            Row("last trouble", $"{trouble.Text}; {Ago(trouble.AgeSeconds)}, {Date(trouble.At)}" + (trouble.Count > 1 ? $", {trouble.Count} troubles in all" : ""));
        if (peer.Neighbor is { } neighbor)
            Neighbor(neighbor, peer.LastTrouble?.Text, Row);
        else
            Row("neighbour", "not in the adjacency table: it announces nothing here");
        Certificates(peer, Row);
        console.Write(table);
        if (peer.Events.Count == 0)
            return;
        console.WriteLine();
        var story = ReportTables.Plain("WHEN", "WHAT");
        foreach (var happened in peer.Events)
            ReportTables.Row(story, Date(happened.At), happened.Text);
        console.Write(story);
    }

    private static void Channel(ChannelReport channel, Action<string, string> row)
    {
        row("channel", $"{channel.Id}, {channel.Interface}, {channel.State} for {ReportTables.Duration(channel.UpSeconds)}, MTU {channel.Mtu}; we are the {channel.Role}");
        foreach (var sa in channel.IkeSas)
        {
            row("IKE SA", $"{sa.InitiatorSpi} initiator / {sa.ResponderSpi} responder, we are the {sa.Role}");
            row("", $"{sa.State}, {sa.Proposal}{(sa.Fragmentation ? ", fragments" : "")}{(sa.PpkUsed ? ", postquantum preshared key" : "")}; {Life(sa.AgeSeconds, sa.RekeyInSeconds, sa.EndsInSeconds)}; heard {Ago(sa.HeardSecondsAgo)}");
        }

        foreach (var sa in channel.ChildSas)
        {
            row("child SA", $"{sa.InboundSpi} in / {sa.OutboundSpi} out");
            row("", $"{sa.State}, {sa.Algorithm}{(sa.ExtendedSequenceNumbers ? ", extended sequence numbers" : "")}; {Life(sa.AgeSeconds, sa.RekeyInSeconds, sa.EndsInSeconds)}");
        }

        var ike = channel.Ike;
        row("so far", $"{Count(ike.ChildRekeys, "child SA")} and {Count(ike.IkeRekeys, "IKE SA")} replaced; {Count(ike.Retransmissions, "retransmission")}, "
            + $"{Count(ike.RepeatedResponses, "repeated answer")}, {Count(ike.LivenessProbes, "liveness probe")}; "
            + $"fragments {ike.FragmentsSent} sent, {ike.FragmentsReceived} received");
        var t = channel.Traffic;
        row("traffic", $"in {Count(t.PacketsIn, "packet")}, {Count(t.OctetsIn, "octet")}; out {Count(t.PacketsOut, "packet")}, {Count(t.OctetsOut, "octet")}");
        row("", $"refused: {t.AuthenticationFailures} failed authentication, {t.Replays} replayed, {t.TooBig} too big, {t.Malformed} malformed; dropped {t.Dropped}");
    }

    private static void Neighbor(NeighborReport neighbor, string? told, Action<string, string> row)
    {
        row("neighbour", $"{neighbor.State}; offers {(neighbor.Methods.Count == 0 ? "nothing" : string.Join(' ', neighbor.Methods))}; "
            + $"forgotten in {ReportTables.Duration(neighbor.ExpiresInSeconds)} unless heard again");
        if (neighbor.LastFailure is { } failure && told?.Contains(failure, StringComparison.Ordinal) != true)
            row("", $"last failure: {failure}");
        if (neighbor.NextAttemptInSeconds is { } next)
            row("", $"{Count(neighbor.Failures, "failure")} in a row; next attempt in {ReportTables.Duration(next)}");
    }

    private static void Certificates(PeerReport peer, Action<string, string> row)
    {
        for (var i = 0; i < peer.Certificates.Count; i++)
        {
            var c = peer.Certificates[i];
            row(i == 0 ? "certificate" : i == 1 ? "chain" : "", $"{c.Subject}, serial {c.Serial}, {c.Key}");
            row("", $"issuer {c.Issuer}; {c.Validity}, {Date(c.NotBefore)} to {Date(c.NotAfter)}");
        }

        if (peer.Channel is { } channel)
            row("", $"the channel ends with the first of them to expire, {Date(channel.CertificatesEnd)}");
        if (peer.Verdict is not { } verdict)
            return;
        row(verdict.Accepted ? "accepted" : "refused", $"{verdict.Text}{(verdict.Code is { } code ? $" ({code})" : "")}; {Date(verdict.At)}");
        foreach (var rule in verdict.Rules)
            row("  " + rule.Rule, $"{rule.Outcome}: {rule.Says}{(rule.Detail is { } detail ? $" ({detail})" : "")}");
    }

    private static string Life(double age, double? rekey, double? end) =>
        $"{ReportTables.Duration(age)} old"
        + (rekey is { } r ? $", rekeyed in {ReportTables.Duration(r)}" : "")
        + (end is { } e ? $", ends in {ReportTables.Duration(e)}" : "");

    private static string Ago(double seconds) => $"{ReportTables.Duration(seconds)} ago";

    private static string Count(long n, string what) => string.Create(CultureInfo.InvariantCulture, $"{n} {what}{(n == 1 ? "" : "s")}");

    private static string Date(DateTimeOffset date) => date.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
