using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Numerics;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Acp.Asa;
using Acp.Core;
using Acp.Core.Grasp;
using Acp.Core.Identity;
using Acp.Linux.Grasp;
using Acp.Tests.Identities;
using Acp.Wire;
using Acp.Wire.Grasp;
using ApiObjective = Acp.Asa.Objective;
using AsaLocator = Acp.Asa.AsaLocator;
using WireObjective = Acp.Wire.Grasp.Objective;

namespace Acp.Tests.GraspSubstrate;

/// <summary>GRASP inside the ACP over real sockets, against itself and against .NET's own TLS.</summary>
public class AcpSubstrateTests
{
    private static readonly ApiObjective Measure = ApiObjective.Synchronizable("Measure", 42);

    [Fact]
    public async Task J03_J05_discovery_goes_over_the_session_and_everything_else_over_TLS_which_is_resumed()
    {
        await using var pair = new AcpPair();
        await pair.Meet();
        await using var server = await pair.Right.Api.RegisterAsaAsync("server");
        await server.RegisterObjectiveAsync(Measure);
        await server.ListenSynchronizeAsync(Measure);
        await using var client = await pair.Left.Api.RegisterAsaAsync("client");
        for (var i = 0; i < 5; i++)
            Assert.Equal(42, (await client.SynchronizeAsync(Measure with { Value = default })).Value.ToInt64());

        Assert.Equal(5, await pair.Left.Ask((_, s) => s.Counters.TlsConnected));
        Assert.Equal(5, await pair.Right.Ask((_, s) => s.Counters.TlsAccepted));
        Assert.Equal(4, await pair.Left.Ask((_, s) => s.Counters.TlsResumed));
        Assert.Equal(4, await pair.Right.Ask((_, s) => s.Counters.TlsResumed));
        Assert.Equal(5, await pair.Right.Ask((g, _) => g.Engine.Counters.StreamMessages));
        // The one discovery and its answer.
        Assert.Equal(1, await pair.Right.Ask((g, _) => g.Engine.Counters.LinkMessages));
        Assert.Equal(1, await pair.Left.Ask((g, _) => g.Engine.Counters.LinkMessages));
        await pair.Right.Until("all streams are gone", (_, s) => s.StreamCount == 0);
        await pair.Left.Until("all streams are gone", (_, s) => s.StreamCount == 0);
    }

    [Fact]
    public async Task J03_a_large_value_takes_many_records_and_arrives_whole()
    {
        await using var pair = new AcpPair();
        await pair.Meet();
        var large = ApiObjective.Synchronizable("Large", Enumerable.Range(0, 200_000).Select(i => (byte)(i * 7)).ToArray());
        await using var server = await pair.Right.Api.RegisterAsaAsync("server");
        await server.RegisterObjectiveAsync(large, new ObjectiveRegistration { MaxMessageSize = 250_000 });
        await server.ListenSynchronizeAsync(large);
        await using var client = await pair.Left.Api.RegisterAsaAsync("client");
        await client.RegisterObjectiveAsync(large with { Value = default }, new ObjectiveRegistration { MaxMessageSize = 250_000 });
        Assert.Equal(large.Value, (await client.SynchronizeAsync(large with { Value = default })).Value);
    }

    [Fact]
    public async Task J04_A25_a_member_without_an_address_may_use_TLS()
    {
        await using var pair = new AcpPair();
        using var noc = TestMember.Certificate(pair.Pki, AcpNodeNameExtension.Create(NameOnly));
        await using var stream = await pair.ConnectTls(noc);
        Assert.Equal(TlsCipherSuite.TLS_AES_256_GCM_SHA384, stream.NegotiatedCipherSuite);
        await pair.Right.Until("it is let in", (_, s) => s.Counters.TlsAccepted == 1);
        Assert.Equal(0, await pair.Right.Ask((_, s) => s.Counters.PeersElsewhere));
    }

    [Fact]
    public async Task J04_strangers_are_refused_and_each_is_counted_by_reason()
    {
        await using var pair = new AcpPair();
        using var other = new Pki(name: "CN=another root");
        var cases = new (X509Certificate2? Certificate, PeerRefusal Why)[]
        {
            (TestMember.Certificate(pair.Pki, AcpNodeNameExtension.Create(AcpNodeName.Create(Pki.OwnAddress, "", "other.example"))), PeerRefusal.OtherDomain),
            (TestMember.Certificate(other), PeerRefusal.NoTrustAnchorPath),
            (TestMember.Certificate(pair.Pki, until: Pki.Now.AddDays(-1)), PeerRefusal.Expired),
        };
        foreach (var (certificate, why) in cases)
        {
            await RefusedAsync(pair, certificate, SslProtocols.Tls13);
            await RefusedAsync(pair, certificate, SslProtocols.Tls12);
            Assert.Equal(2, await pair.Right.Ask((_, s) => s.Counters.NotMembers(why)));
        }
        await RefusedAsync(pair, null, SslProtocols.Tls13);
        Assert.Equal(1, await pair.Right.Ask((_, s) => s.Counters.Refused(SubstrateRefusal.HandshakeFailed)));
        Assert.Equal(0, await pair.Right.Ask((_, s) => s.Counters.TlsAccepted));
        Assert.Equal(0, await pair.Right.Ask((g, _) => g.Engine.ConnectionCount));
        Assert.Contains(await pair.Right.Ask((_, _) => pair.Right.Facts.ToList()), f => f is SubstrateFact.PeerRefused { Refusal: PeerRefusal.OtherDomain, WeConnected: false });
    }

    [Fact]
    public async Task J04_a_server_that_is_no_member_gets_no_request_of_ours()
    {
        await using var pair = new AcpPair();
        using var other = new Pki(name: "CN=another root");
        using var certificate = TestMember.Certificate(other);
        using var listener = pair.ListenOnRight();
        var served = Task.Run(async () =>
        {
            await using var stream = new SslStream(new NetworkStream(await listener.AcceptAsync(), ownsSocket: true));
            await stream.AuthenticateAsServerAsync(certificate, clientCertificateRequired: true, checkCertificateRevocation: false);
            return await stream.ReadAsync(new byte[100]);
        });
        await using var client = await pair.Left.Api.RegisterAsaAsync("client");
        await Assert.ThrowsAnyAsync<GraspException>(() => client.SynchronizeAsync(
            Measure with { Value = default }, AsaLocator.Tcp(Pki.PeerAddress, (ushort)((IPEndPoint)listener.LocalEndPoint!).Port), TimeSpan.FromSeconds(10)));
        await Assert.ThrowsAnyAsync<Exception>(() => served);
        Assert.Equal(1, await pair.Left.Ask((_, s) => s.Counters.NotMembers(PeerRefusal.NoTrustAnchorPath)));
    }

    [Fact]
    public async Task Q18_a_peer_that_is_revoked_loses_its_streams_and_is_not_let_in_again()
    {
        await using var pair = new AcpPair();
        using var certificate = TestMember.Certificate(pair.Pki, AcpNodeNameExtension.Create(AcpNodeName.Create(Pki.OwnAddress, "", Pki.Domain)));
        await using var stream = await pair.ConnectTls(certificate);
        await pair.Right.Until("it is let in", (_, s) => s.Counters.TlsAccepted == 1);
        pair.Right.SetRevocation(Revoking(pair.Pki, certificate));
        Assert.True(await AcpPair.Closes(stream));
        await RefusedAsync(pair, certificate, SslProtocols.Tls13);
        Assert.Equal(2, await pair.Right.Ask((_, s) => s.Counters.NotMembers(PeerRefusal.Revoked)));
        Assert.Equal(0, await pair.Right.Ask((_, s) => s.StreamCount));
    }

    [Theory]
    [InlineData(1)] // the peer's certificate ends first
    [InlineData(40)] // ours does, after 30 days
    public async Task J04_Q18_a_stream_that_is_open_ends_with_the_first_certificate_that_does(int days)
    {
        var date = Pki.Now;
        await using var pair = new AcpPair(date: () => date);
        using var certificate = TestMember.Certificate(
            pair.Pki, AcpNodeNameExtension.Create(AcpNodeName.Create(Pki.OwnAddress, "", Pki.Domain)), until: Pki.Now.AddDays(days));
        await using var stream = await pair.ConnectTls(certificate);
        await pair.Right.Until("it is let in", (_, s) => s.Counters.TlsAccepted == 1);
        var end = Pki.Now.AddDays(Math.Min(days, 30));
        date = end.AddMinutes(-1);
        pair.Right.HandleDate();
        Assert.Equal(1, await pair.Right.Ask((_, s) => s.StreamCount));
        date = end.AddSeconds(2);
        pair.Right.HandleDate();
        Assert.True(await AcpPair.Closes(stream));
        Assert.Equal(1, await pair.Right.Ask((_, s) => s.Counters.Refused(SubstrateRefusal.CertificateEnded)));
        Assert.Equal(0, await pair.Right.Ask((_, s) => s.StreamCount));
    }

    [Fact]
    public async Task J16_a_member_at_an_address_that_is_not_its_own_is_noted_and_let_in()
    {
        await using var pair = new AcpPair();
        using var certificate = TestMember.Certificate(pair.Pki, AcpNodeNameExtension.Create(AcpNodeName.Create(Pki.OwnAddress, "", Pki.Domain)));
        await using var stream = await pair.ConnectTls(certificate, from: AcpPair.Stranger);
        await pair.Right.Until("it is let in", (_, s) => s.Counters.TlsAccepted == 1);
        Assert.Equal(1, await pair.Right.Ask((_, s) => s.Counters.PeersElsewhere));
        Assert.Equal(AcpPair.Stranger, Assert.IsType<SubstrateFact.PeerElsewhere>(Assert.Single(await pair.Right.Ask((_, _) => pair.Right.Facts.ToList()))).Remote);
    }

    [Fact]
    public async Task A36_A38_nothing_older_than_TLS_12_and_nothing_weaker_than_256_bits_is_taken()
    {
        await using var pair = new AcpPair();
        using var certificate = TestMember.Certificate(pair.Pki, AcpNodeNameExtension.Create(AcpNodeName.Create(Pki.OwnAddress, "", Pki.Domain)));
        await using (var stream = await pair.ConnectTls(certificate, SslProtocols.Tls12))
            Assert.Equal(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, stream.NegotiatedCipherSuite);
        foreach (var weak in new[] { "-tls1_1", "-tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256", "-tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256" })
            Assert.Contains("alert", Client(pair, weak), StringComparison.Ordinal);
        Assert.Equal(3, await pair.Right.Ask((_, s) => s.Counters.Refused(SubstrateRefusal.HandshakeFailed)));
    }

    [Fact]
    public async Task J06_H51_a_request_on_the_link_local_port_ends_the_connection_and_a_datagram_meets_nobody()
    {
        await using var pair = new AcpPair();
        using var socket = pair.Connect("fe80::2%cable");
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(new RequestNegotiationMessage(5, new WireObjective("X", ObjectiveFlags.F_NEG, 6, new byte[] { 1 })).Encode());
        Assert.True(await AcpPair.Closes(stream));
        Assert.Equal(1, await pair.Right.Ask((g, _) => g.Engine.Counters.Dropped(GraspDropReason.WrongTransport)));
        Assert.Equal(0, await pair.Right.Ask((g, _) => g.Engine.Counters.NegotiationsServed));
    }

    [Fact]
    public async Task J11_both_connecting_at_once_end_with_one_session_and_no_flood_lost()
    {
        await using var pair = new AcpPair(flooding: new FloodingOptions { LowerAddressPatience = TimeSpan.Zero });
        await using var asa = await pair.Left.Api.RegisterAsaAsync("flooder");
        await asa.RegisterObjectiveAsync(Measure);
        await pair.Meet();
        await asa.FloodAsync(TimeSpan.FromMinutes(1), Measure);
        await pair.Right.Until("the flood", (g, _) => g.Engine.FloodCache.Any());
        Assert.Equal(1, await pair.Right.Ask((g, _) => g.Engine.Counters.FloodsReceived));
    }

    [Fact]
    public async Task J14_connections_that_say_nothing_are_bounded_and_end()
    {
        await using var pair = new AcpPair(o => o with { HandshakeTimeout = TimeSpan.FromSeconds(2), MaxHandshakesPerPeer = 3, MaxHandshakes = 4 });
        var silent = new List<Socket>();
        for (var i = 0; i < 20; i++)
            silent.Add(pair.Connect(Pki.PeerAddress.ToString(), Pki.OwnAddress.ToString()));
        await pair.Right.Until("17 are refused", (_, s) => s.Counters.Refused(SubstrateRefusal.TooManyOfPeer) == 17);
        silent.Add(pair.Connect(Pki.PeerAddress.ToString(), AcpPair.Stranger.ToString()));
        silent.Add(pair.Connect(Pki.PeerAddress.ToString(), AcpPair.Stranger.ToString()));
        await pair.Right.Until("one more is refused", (_, s) => s.Counters.Refused(SubstrateRefusal.TooMany) == 1);
        Assert.Equal(4, await pair.Right.Ask((_, s) => s.StreamCount));
        await pair.Right.Until("those that were taken end", (_, s) => s.Counters.Refused(SubstrateRefusal.Timeout) == 4 && s.StreamCount == 0);

        await using var server = await pair.Right.Api.RegisterAsaAsync("server");
        await server.RegisterObjectiveAsync(Measure);
        await server.ListenSynchronizeAsync(Measure);
        await using var client = await pair.Left.Api.RegisterAsaAsync("client");
        Assert.Equal(42, (await client.SynchronizeAsync(Measure with { Value = default }, AsaLocator.Tcp(Pki.PeerAddress, 7017))).Value.ToInt64());
        silent.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task J14_J15_a_neighbour_that_stops_reading_costs_a_bounded_queue_and_the_newest_floods_are_kept()
    {
        await using var pair = new AcpPair(o => o with { MaxUnsentToNeighbor = 50_000 });
        using var socket = pair.Connect("fe80::2%cable");
        await pair.Right.Until("a session", (g, _) => g.SessionCount == 1);
        await using var asa = await pair.Right.Api.RegisterAsaAsync("flooder");
        var filling = new byte[1_900];
        await asa.RegisterObjectiveAsync(Measure);
        var floods = 0;
        while (await pair.Right.Ask((_, s) => s.Counters.FloodsDropped) < 20)
        {
            Assert.True(floods < 50_000, "nothing is dropped");
            await asa.FloodAsync(TimeSpan.FromMinutes(1), Measure with { Value = CborValue.Array(++floods, filling) });
        }
        Assert.Equal(1, await pair.Right.Ask((g, _) => g.SessionCount));

        // When it reads again it gets what was sent, and the newest.
        var newest = 0L;
        var received = new MemoryStream();
        var buffer = new byte[100_000];
        socket.ReceiveTimeout = 10_000;
        var framer = new Acp.Wire.Cbor.CborItemFramer(GraspConstants.DefaultLimits with { MaxSize = 100_000 });
        while (newest < floods)
        {
            var read = socket.Receive(buffer);
            Assert.NotEqual(0, read);
            received.Write(buffer, 0, read);
            while (framer.Examine(received.ToArray(), out var length, out _) == Acp.Wire.Cbor.CborFrame.Item)
            {
                Assert.True(GraspMessage.TryDecode(received.ToArray().AsSpan(0, length), GraspConstants.DefaultLimits with { MaxSize = 100_000 }, out var message, out var why), why.ToString());
                newest = ApiObjective.FromWire(Assert.IsType<FloodMessage>(message).Entries[0].Objective).Value.ToArray()[0].ToInt64();
                var rest = received.ToArray()[length..];
                received.SetLength(0);
                received.Write(rest);
            }
        }
        Assert.Equal(floods, newest);
    }

    [Fact]
    public async Task J01_what_is_neither_the_ACP_address_nor_one_of_a_channel_is_not_served()
    {
        await using var pair = new AcpPair();
        using var socket = pair.Connect(AcpPair.NotTheNode.ToString());
        Assert.True(await AcpPair.Closes(new NetworkStream(socket)));
        Assert.Equal(1, await pair.Right.Ask((_, s) => s.Counters.Refused(SubstrateRefusal.WrongAddress)));
    }

    private static AcpNodeName NameOnly =>
        AcpNodeName.TryParse($"@{Pki.Domain}", out var name, out _) ? name : throw new InvalidOperationException("a name without address is one");

    private static RevocationLists Revoking(Pki pki, X509Certificate2 certificate)
    {
        var builder = new CertificateRevocationListBuilder();
        builder.AddEntry(certificate, Pki.Now, X509RevocationReason.KeyCompromise);
        var crl = builder.Build(
            pki.Root.SubjectName, X509SignatureGenerator.CreateForECDsa((ECDsa)pki.RootKey), BigInteger.One, Pki.Now.AddDays(1), HashAlgorithmName.SHA256,
            X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(new byte[20]), Pki.Now);
        Assert.True(RevocationList.TryDecode(crl, out var list, out var refusal), refusal.ToString());
        return new RevocationLists([list]);
    }

    private static async Task RefusedAsync(AcpPair pair, X509Certificate2? certificate, SslProtocols version)
    {
        try
        {
            await using var stream = await pair.ConnectTls(certificate, version);
            // With TLS 1.3 a client is done before the server has looked at its certificate.
            Assert.True(await AcpPair.Closes(stream));
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // An alert in the midst of the handshake.
        }
    }

    private static string Client(AcpPair pair, string arguments) =>
        pair.RunOnLeft("openssl", ["s_client", "-connect", $"[{Pki.PeerAddress}]:7017", .. arguments.Split(' ')]);
}
