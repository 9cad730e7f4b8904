using Acp.Daemon.Control;

namespace Acp.Tests.Daemon;

/// <summary>One of each report, with every field set.</summary>
internal static class SampleReports
{
    public static readonly StatusReport Status = new(
        "0.1.0", "box", 42, 61.5, 51200, "connected",
        new IdentityReport(
            "fd89b714f3db0000200000064000000+area51@acp.example.com", "acp.example.com", "fd89:b714:f3db::1", "fd89:b714:f3db::2",
            "fd89:b714:f3db::/127", "CN=box", new DateTimeOffset(2031, 2, 3, 4, 5, 6, TimeSpan.Zero), "00112233445566778899aabbccddeeff"),
        new NamespacesReport("/run/netns/host", "abutment-box", "acp-box"),
        new DataPlaneReport("userspace", "the kernel has no esp6"),
        new RplReport("router", "fd89::1", 240, 512, "fe80::1", "acp_1"),
        1, 1, 1, 1, 3,
        [
            new LinkReport("eth0", 2, "ethernet", true, "plain Ethernet link", true, 1500, "abut_eth0", "fe80::2"),
            new LinkReport("lo", 1, "loopback", false, "loopback", true, 65536, null, null),
        ],
        new MilestonesReport(1, 2, 3, 4, 5, 6, 7, 8, 9.5),
        new Dictionary<string, long> { ["dull.sent"] = 7, ["dull.ttl-not-255"] = 0 },
        ["the certificate ends in 3 days"])
    {
        Grasp = new GraspReport(true, "fd89:b714:f3db::1", 7017, [new GraspNeighborReport("acp_1", "fe80::1", "connected", "us", 12.5, null)], 2, 1, 0, 4, 3),
    };

    public static readonly IReadOnlyList<NeighborReport> Neighbors =
    [
        new("eth0", "fe80::9", "backing-off", ["IKEv2:500"], null, null, 200, 2, "AUTHENTICATION_FAILED\u001b[31m", 20),
    ];

    public static readonly IReadOnlyList<ChannelReport> Channels =
    [
        new("ch1", "acp_1", "eth0", "up", "decider", "fe80::2", "fe80::9", "fd89::9", "[node]@acp.example.com", 1400, 12,
            [new IkeSaReport("0011223344556677", "8899aabbccddeeff", "initiator", "established", "AES_GCM_16_256/PRF_HMAC_SHA2_256/ECP_256", 12, 80_000, 86_400, 2, true, false)],
            [new ChildSaReport("c0000001", "c0000002", "AES_GCM_16_256", true, 12, "sending", 3000, 3600)],
            new IkeCountersReport(1, 0, 2, 0, 3, 3, 4),
            new TrafficReport(1, 2, 3, 4, 5, 6, 7, 8, 9),
            new DateTimeOffset(2031, 2, 3, 4, 5, 6, TimeSpan.Zero),
            "peer refused (expired): 'CN=x' expired"),
    ];

    public static readonly IReadOnlyList<RouteReport> Routes =
    [
        new("::/0", "fe80::9", "acp_1", "parent", null),
        new("fd89::/127", null, "lo", "blackhole", 90),
    ];

    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly RepairReport Repaired = new(Begun: true, "fd89::1", "CN=box", 240, 241, null);

    public static readonly PeerReport Peer = new(
        "eth0", "fe80::9", Channels[0], Neighbors[0],
        new TroubleReport("peer refused (expired): 'CN=x\u001b' expired", Noon, 3, 2),
        new VerdictReport(
            false, "expired", "'CN=x' expired", Noon,
            [new RuleReport("rule 2", "its certificate leads to one of our trust anchors", "failed", "'CN=x' expired"), new RuleReport("rule 3", "not revoked", "not reached", null)]),
        [new CertificateReport("CN=x", "CN=ca", "0102", Noon, Noon.AddYears(1), "expired", "ECDSA, 256 bits", false, "x@acp.example.com", "00ff")],
        [new EventReport(Noon, "we begin")]);
}
