using System.Text;
using System.Text.Json;
using Acp.Daemon.Commands;
using Acp.Daemon.Control;
using Spectre.Console;

namespace Acp.Tests.Daemon;

public sealed class ControlReportTests
{
    [Fact]
    public void The_names_in_the_JSON_are_the_ones_promised_to_scripts()
    {
        var json = JsonSerializer.Serialize(SampleReports.Status, ControlJson.Default.StatusReport);

        Assert.Equal(
            """
            {"version":"0.1.0","instance":"box","pid":42,"uptime_seconds":61.5,"rss_kib":51200,"state":"connected",
            "identity":{"node_name":"fd89b714f3db0000200000064000000\u002Barea51@acp.example.com","domain":"acp.example.com",
            "acp_address":"fd89:b714:f3db::1","host_address":"fd89:b714:f3db::2","prefix":"fd89:b714:f3db::/127",
            "subject":"CN=box","not_after":"2031-02-03T04:05:06+00:00","sha256":"00112233445566778899aabbccddeeff"},
            "namespaces":{"host":"/run/netns/host","abutment":"abutment-box","acp":"acp-box"},
            "data_plane":{"kind":"userspace","why":"the kernel has no esp6"},
            "rpl":{"role":"router","dodag_id":"fd89::1","version":240,"rank":512,"parent":"fe80::1","parent_interface":"acp_1"},
            "ike_sas":1,"child_sas":1,"neighbors":1,"channels":1,"routes":3,
            "links":[{"name":"eth0","index":2,"kind":"ethernet","used":true,"reason":"plain Ethernet link","up":true,"mtu":1500,
            "abutment_interface":"abut_eth0","link_local":"fe80::2"},{"name":"lo","index":1,"kind":"loopback","used":false,
            "reason":"loopback","up":true,"mtu":65536,"abutment_interface":null,"link_local":null}],
            "milestones":{"process_start_ns":1,"ready_ns":2,"first_neighbor_ns":3,"last_neighbor_ns":4,"first_channel_ns":5,
            "last_channel_ns":6,"joined_ns":7,"last_route_ns":8,"tie_break_wait_ms":9.5},
            "counters":{"dull.sent":7,"dull.ttl-not-255":0},"problems":["the certificate ends in 3 days"],
            "grasp":{"operational":true,"address":"fd89:b714:f3db::1","port":7017,"neighbors":[{"interface":"acp_1",
            "link_local":"fe80::1","state":"connected","opened_by":"us","seconds":12.5,"next_attempt_in_seconds":null}],
            "streams":2,"sessions":1,"pending":0,"floods":4,"discovered":3}}
            """.ReplaceLineEndings(""),
            json);
    }

    [Fact]
    public void G28_a_repair_is_told_in_one_line_and_in_JSON()
    {
        Assert.Equal(
            """{"begun":true,"dodag_id":"fd89::1","root_subject":"CN=box","former_version":240,"version":241,"parent_interface":null}""",
            JsonSerializer.Serialize(SampleReports.Repaired, ControlJson.Default.RepairReport));
        Assert.Equal("global repair of DODAG fd89::1: version 241 instead of 240, every box chooses its parent anew", SampleReports.Repaired.ToString());
        var elsewhere = SampleReports.Repaired with { Begun = false, Version = 240, ParentInterface = "acp_1" };
        Assert.Equal("global repair begins at the root, which is fd89::1 (CN=box), over acp_1 from here: ask its acpd", elsewhere.ToString());
        Assert.Contains("which is fd89::1, over", (elsewhere with { RootSubject = null }).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_read_back_says_the_same()
    {
        var json = JsonSerializer.Serialize(SampleReports.Channels, ControlJson.Default.IReadOnlyListChannelReport);
        var back = JsonSerializer.Deserialize(json, ControlJson.Default.IReadOnlyListChannelReport);
        Assert.Equal(json, JsonSerializer.Serialize(back!, ControlJson.Default.IReadOnlyListChannelReport));
        Assert.Contains("\"inbound_spi\":\"c0000001\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Status_in_a_pipe_is_plain_lines_that_do_not_wrap()
    {
        var text = Print(console => ReportTables.Status(console, SampleReports.Status));

        Assert.DoesNotContain('\u001b', text);
        Assert.Contains("instance box, process 42, up 1m01s, 50.0 MiB resident", text, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^data plane\s+userspace: the kernel has no esp6\s*$", text);
        Assert.Matches(@"(?m)^routing\s+router, rank 512, DODAG fd89::1 version 240, parent fe80::1 on acp_1\s*$", text);
        Assert.Matches(@"(?m)^lo\s+loopback\s+no\s+yes\s+65536\s+-\s+loopback\s*$", text);
        Assert.Matches(@"(?m)^dull\.sent\s+7\s*$", text);
        Assert.DoesNotContain("dull.ttl-not-255", text, StringComparison.Ordinal);
        Assert.Contains("1 of 1 channel neighbours connected, 2 TLS streams", text, StringComparison.Ordinal);
        Assert.Contains("problem: the certificate ends in 3 days", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_neighbour_said_reaches_the_terminal_neither_as_control_characters_nor_as_markup()
    {
        var neighbors = Print(console => ReportTables.Neighbors(console, SampleReports.Neighbors));
        Assert.DoesNotContain('\u001b', neighbors);
        Assert.Contains("AUTHENTICATION_FAILED\ufffd[31m (2 in a row), next attempt in 20.0s", neighbors, StringComparison.Ordinal);

        Assert.Contains("[node]@acp.example.com", Print(console => ReportTables.Channels(console, SampleReports.Channels)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_peer_is_told_in_whole_sentences_and_read_back_from_JSON()
    {
        var text = Print(console => PeerTable.Print(console, SampleReports.Peer));
        Assert.DoesNotContain('\u001b', text);
        Assert.Matches(@"(?m)^channel\s+ch1, acp_1, up for 12\.0s, MTU 1400; we are the decider\s*$", text);
        Assert.Contains("established, AES_GCM_16_256/PRF_HMAC_SHA2_256/ECP_256, fragments; 12.0s old, rekeyed in 22h13m, ends in 1d00h; heard 2.0s ago", text, StringComparison.Ordinal);
        Assert.Contains("c0000001 in / c0000002 out", text, StringComparison.Ordinal);
        Assert.Contains("1 child SA and 0 IKE SAs replaced; 2 retransmissions, 0 repeated answers, 4 liveness probes; fragments 3 sent, 3 received", text, StringComparison.Ordinal);
        Assert.Contains("refused: 5 failed authentication, 6 replayed, 7 too big, 8 malformed; dropped 9", text, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^certificate\s+CN=x, serial 0102, ECDSA, 256 bits\s*$", text);
        Assert.Matches(@"(?m)^refused\s+'CN=x' expired \(expired\); 2030-01-01 12:00:00Z\s*$", text);
        Assert.Matches(@"(?m)^  rule 2\s+failed: its certificate leads to one of our trust anchors \('CN=x' expired\)\s*$", text);
        Assert.Matches(@"(?m)^2030-01-01 12:00:00Z\s+we begin\s*$", text);

        var nothing = new PeerReport("eth0", "fe80::7", null, null, null, null, [], []);
        Assert.Matches(@"(?m)^channel\s+none\s*$", Print(console => PeerTable.Print(console, nothing)));

        var json = JsonSerializer.Serialize(SampleReports.Peer, ControlJson.Default.PeerReport);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize(json, ControlJson.Default.PeerReport)!, ControlJson.Default.PeerReport));
        Assert.Contains("\"rekey_in_seconds\":3000", json, StringComparison.Ordinal);
        Assert.Contains("\"last_trouble\":{\"text\":", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Routes_show_one_line_each()
    {
        var text = Print(console => ReportTables.Routes(console, SampleReports.Routes));
        Assert.Matches(@"(?m)^::/0\s+fe80::9\s+acp_1\s+parent\s+-\s*$", text);
        Assert.Matches(@"(?m)^fd89::/127\s+-\s+lo\s+blackhole\s+1m30s\s*$", text);
    }

    [Fact]
    public void Empty_lists_are_said_in_words()
    {
        Assert.Contains("no neighbour", Print(console => ReportTables.Neighbors(console, [])), StringComparison.Ordinal);
        Assert.Contains("no channel", Print(console => ReportTables.Channels(console, [])), StringComparison.Ordinal);
        Assert.Contains("no route", Print(console => ReportTables.Routes(console, [])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.25, "250ms")]
    [InlineData(4.21, "4.2s")]
    [InlineData(192, "3m12s")]
    [InlineData(18_190, "5h03m")]
    [InlineData(1_052_000, "12d04h")]
    [InlineData(-1, "0ms")]
    public void Durations_are_short(double seconds, string expected) => Assert.Equal(expected, ReportTables.Duration(seconds));

    private static string Print(Action<IAnsiConsole> print)
    {
        var writer = new StringWriter(new StringBuilder());
        print(Terminal.Create(writer, redirected: true));
        return writer.ToString();
    }
}
