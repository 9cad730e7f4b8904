using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Core.Node;
using Acp.Daemon.Control;
using Acp.Daemon.Journal;
using Acp.Daemon.Trace;
using Acp.Tests.Identities;
using Acp.Tests.Ikev2;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Daemon;

/// <summary>What <c>acpd ike trace</c> prints, and what is remembered of a peer.</summary>
public sealed class TraceTextTests
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_handshake_reads_as_a_story()
    {
        using var world = new IkeWorld();
        world.A.Machine.Tracing = true;
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(1.5);

        var text = new TraceText();
        var reports = world.A.Facts.Select((f, i) => TraceReader.Report(new TraceEntry(Noon.AddMilliseconds(i), "eth0", "fe80::b", f))).ToList();
        var lines = reports.SelectMany(text.Lines).ToList();
        var story = string.Join('\n', lines);
        Assert.Matches(@"eth0 fe80::b  → IKE_SA_INIT request 0, \d+ octets in the clear   [0-9a-f]{16}/0{16}", story);
        Assert.Contains("    N        SIGNATURE_HASH_ALGORITHMS: SHA2_256, SHA2_384, SHA2_512", lines);
        Assert.Contains("    N        IKEV2_FRAGMENTATION_SUPPORTED", lines);
        Assert.Matches(@"← IKE_SA_INIT response 0 after \d+ ms, \d+ octets in the clear", story);
        Assert.Contains("#1 IKE: AES_GCM_16_256, PRF_HMAC_SHA2_256, ECP_256", story, StringComparison.Ordinal);
        Assert.Matches(@"→ IKE_AUTH request 1, \d+ octets   [0-9a-f]{16}/[0-9a-f]{16}", story);
        Assert.Contains($"    IDi      ID_IPV6_ADDR {world.A.Authenticator.Address}", lines);
        Assert.Contains("    AUTH     Digital Signature, Ecdsa with SHA256,", story, StringComparison.Ordinal);
        Assert.Contains("    TSr      ::/0", lines);
        Assert.Contains("    = IKE SA established with", story, StringComparison.Ordinal);
        Assert.True(lines.FindIndex(l => l.Contains("= IKE SA established", StringComparison.Ordinal))
            > lines.FindIndex(l => l.Contains("← IKE_AUTH response 1", StringComparison.Ordinal)));
        Assert.All(reports, r => Assert.True(r.Event is "message" ? r.Payloads is not null : r.Outcome is not null));
    }

    [Fact]
    public void Payloads_are_told_by_the_names_of_their_RFCs()
    {
        using var pki = new Pki();
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var leaf = pki.Leaf(key);
        var cert = PayloadText.Of(new CertPayload(CertificateEncoding.X509Signature, leaf.RawDataMemory));
        Assert.StartsWith("CN=peer, ", cert.Text, StringComparison.Ordinal);
        Assert.Contains($"AcpNodeName {Pki.PeerName}", cert.Details);
        Assert.Equal("not a readable certificate, 3 octets", PayloadText.Of(new CertPayload(CertificateEncoding.X509Signature, new byte[3])).Text);
        Assert.Equal("REKEY_SA for ESP SPI 01020304", PayloadText.Of(new NotifyPayload(ProtocolId.Esp, new byte[] { 1, 2, 3, 4 }, NotifyType.RekeySa, default)).Text);
        Assert.Equal("INVALID_KE_PAYLOAD: wants ECP_384", PayloadText.Of(new NotifyPayload(NotifyType.InvalidKePayload, new byte[] { 0, 20 })).Text);
        Assert.Equal("error 8192", PayloadText.Of(new NotifyPayload((NotifyType)8192)).Text);
        Assert.Equal("ESP 0000beef", PayloadText.Of(DeletePayload.Esp(0xbeef)).Text);
        Assert.Equal("the IKE SA itself", PayloadText.Of(DeletePayload.IkeSa()).Text);
        Assert.Equal("strongSwan", PayloadText.Of(new VendorIdPayload("strongSwan"u8.ToArray())).Text);
        Assert.Equal("1b5b", PayloadText.Of(new VendorIdPayload(new byte[] { 0x1b, 0x5b })).Text);
        foreach (var type in Enum.GetValues<NotifyType>())
            Assert.Matches("^[A-Z0-9_]+$", IkeNames.Of(type));
    }

    [Fact]
    public async Task A_slow_reader_loses_lines_and_is_told_how_many()
    {
        var reader = new TraceReader(null, null, capacity: 3);
        for (var i = 0; i < 10; i++)
            reader.Offer(new TraceEntry(Noon, "eth0", "fe80::b", new Ikev2Fact.NatDetected(default, IkeWorld.Link1, default)));
        reader.Complete();
        var read = new List<TraceReport>();
        await foreach (var report in reader.ReadAsync(default))
            read.Add(report);
        Assert.Equal(["outcome", "outcome", "outcome", "lost"], read.Select(r => r.Event));
        Assert.Equal(7, read[^1].Lost);
    }

    [Fact]
    public void The_machine_traces_while_somebody_reads_and_each_reads_what_it_asked_for()
    {
        using var world = new IkeWorld();
        var machine = world.A.Machine;
        var feed = new TraceFeed(machine);
        var one = new TraceReader(IkeWorld.Link1, world.B.LinkLocal);
        var other = new TraceReader(IkeWorld.Link2, null);
        Assert.False(machine.Tracing);
        Assert.True(feed.TryAdd(one, []) && feed.TryAdd(other, []));
        Assert.True(machine.Tracing);
        Assert.True(one.Wants((IkeWorld.Link1, world.B.LinkLocal)));
        Assert.False(one.Wants((IkeWorld.Link1, world.A.LinkLocal)));
        Assert.False(one.Wants(null));
        Assert.False(other.Wants((IkeWorld.Link1, world.B.LinkLocal)));
        feed.Remove(one);
        Assert.True(machine.Tracing);
        feed.Close();
        Assert.False(machine.Tracing);
        Assert.False(feed.TryAdd(one, []));
    }

    [Fact]
    public void The_journal_remembers_why_a_peer_was_refused_and_forgets_strangers_first()
    {
        var journal = new PeerJournal(capacity: 3);
        using var world = new IkeWorld();
        void Refused(int n) => journal.Note(world.Now + TimeSpan.FromSeconds(n), new NodeFact.Ikev2Noted(
            new Ikev2Fact.PeerRefused(default, IkeWorld.Link1, new Wire.Ipv6Address(0xfe80UL << 48, (ulong)n), "expired", "'CN=x' expired")));
        var peer = new PeerIdentity(null, "x@acp", "CN=x", Noon, default);
        var spec = new ChannelSpec(new ChannelId(1), IkeWorld.Link1, world.A.LinkLocal, world.B.LinkLocal, "acp_1", 1400, default);
        journal.Note(world.Now, new NodeFact.ChannelUp(spec, peer, true));
        for (var n = 1; n <= 10; n++)
            Refused(n);
        Assert.Equal(3, journal.Peers.Count);
        Assert.NotNull(journal.Find(IkeWorld.Link1, world.B.LinkLocal));
        var last = journal.Find(IkeWorld.Link1, new Wire.Ipv6Address(0xfe80UL << 48, 10));
        Assert.Equal("peer refused (expired): 'CN=x' expired", last!.Trouble);

        journal.Note(world.Now, new NodeFact.ChannelDown(spec, ChannelCloseReason.CertificateExpired));
        var closed = journal.Find(IkeWorld.Link1, world.B.LinkLocal)!;
        Assert.Equal("channel ch1 closed: a certificate in the peer's chain expired", closed.Trouble);
        Assert.Equal(2, closed.Events.Count);
    }

    [Theory]
    [InlineData(PeerRefusal.Expired, "failed", "not reached", "not reached")]
    [InlineData(PeerRefusal.OtherDomain, "passed", "failed", "not reached")]
    [InlineData(PeerRefusal.SignatureMismatch, "passed", "passed", "failed")]
    public void A_refusal_names_its_rule(PeerRefusal refusal, string path, string domain, string key)
    {
        var rules = MembershipRules.Of(PeerVerdict.Refuse(refusal, "why")).ToDictionary(r => r.Rule);
        Assert.Equal((path, domain, key), (rules["rule 2"].Outcome, rules["rule 4"].Outcome, rules["rule 1"].Outcome));
        Assert.Equal("why", rules.Values.Single(r => r.Outcome == "failed").Detail);
    }
}
