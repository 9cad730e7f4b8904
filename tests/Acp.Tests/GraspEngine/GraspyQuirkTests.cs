using Acp.Asa;
using Acp.Core.Grasp;
using Acp.Tests.Grasp;
using Acp.Wire;
using Acp.Wire.Grasp;
using static Acp.Tests.GraspEngineRoom.Samples;
using AsaLocator = Acp.Core.Grasp.AsaLocator;
using CborValue = Acp.Asa.CborValue;
using Objective = Acp.Wire.Grasp.Objective;

namespace Acp.Tests.GraspEngineRoom;

/// <summary>
/// What graspy, the other engine that people run, was seen to do, each by a peer scripted to do so. Its messages themselves
/// are in GraspVectorTests; what concerns streams is in GraspyStreamTests.
/// </summary>
public class GraspyQuirkTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ScriptedPeer _peer = new();

    private static GraspCommand.Discover Discover(AsaHandle asa, Objective objective, double seconds = 5) =>
        new(asa, objective, TimeSpan.FromSeconds(seconds), TimeSpan.Zero) { Enough = 1 };

    private GraspCommand.RequestNegotiate Request(Objective objective, AsaHandle? asa = null, bool discover = false) =>
        new(asa ?? _peer.Asa(objective), objective, discover ? null : AsaLocator.Tcp(ScriptedPeer.Address, 38275), Minute);

    [Fact]
    public void H24_quirk1_a_relay_that_answers_only_the_second_discovery_is_asked_a_second_time()
    {
        var search = _peer.Begin(Discover(_peer.Asa(), Synchronizable()));
        _peer.Advance(Second); // it has relayed the first, and keeps to itself what comes back
        var asked = _peer.Sent<DiscoveryMessage>();
        Assert.Equal(2, asked.Select(d => d.SessionId).Distinct().Count());
        _peer.Answer(d => new ResponseMessage(d.SessionId, d.Initiator, Minute,
            [new Ipv6Locator(Ipv6Address.Parse("fd89::3"), TransportProtocol.Tcp, 34237)])
        { IsDivert = true }.Encode());
        var found = Assert.Single(((GraspResult.Discovered)_peer.Results[search]).Locators);
        Assert.True(found.IsDiverted);
    }

    [Fact]
    public void Quirk5_a_request_goes_to_the_port_of_its_own_objective_and_a_refused_port_is_looked_for_again()
    {
        var asa = _peer.Asa(Negotiable(name: "EX1"), Negotiable(name: "EX3"));
        _peer.Begin(Request(Negotiable(name: "EX1"), asa, discover: true));
        _peer.Answer(41001);
        Assert.Equal(41001, ((Ipv6Locator)_peer.Wanted.To.Locator).Port);
        // The other objective of the same peer is not asked for there: that would kill graspy's listener.
        var other = _peer.Begin(Request(Negotiable(name: "EX3"), asa, discover: true));
        Assert.Equal(41001, ((Ipv6Locator)_peer.Wanted.To.Locator).Port);
        Assert.Equal("EX3", _peer.Sent<DiscoveryMessage>().Last().Objective.Name);
        _peer.Answer(41003);
        Assert.Equal(41003, ((Ipv6Locator)_peer.Wanted.To.Locator).Port);
        _peer.Close(_peer.Wanted.Connection);
        Assert.Equal(GraspError.sockErrNegRq, _peer.Results[other].Error);
        var asked = _peer.Sent<DiscoveryMessage>().Count;
        _peer.Begin(Request(Negotiable(name: "EX3"), asa, discover: true));
        Assert.Equal(asked + 1, _peer.Sent<DiscoveryMessage>().Count);
    }

    [Fact]
    public void Quirk6_a_stream_is_opened_only_to_be_spoken_on_at_once()
    {
        _peer.Begin(Request(Negotiable()));
        var stream = _peer.Accept();
        Assert.Equal(stream, Assert.IsType<GraspAction.SendOnStream>(_peer.Actions[^1]).Connection);
        // Nor is a discovered peer probed.
        var open = _peer.Actions.OfType<GraspAction.Connect>().Count();
        _peer.Begin(Discover(_peer.Asa(), Synchronizable()));
        _peer.Answer(41002);
        Assert.Equal(open, _peer.Actions.OfType<GraspAction.Connect>().Count());
    }

    [Fact]
    public void Quirk7_a_request_closed_without_a_word_is_made_again_with_growing_pauses_and_new_session_ids()
    {
        var request = _peer.Begin(Request(Negotiable()));
        for (var pause = 100; pause <= 400; pause *= 2)
        {
            _peer.Close(_peer.Accept());
            var opened = _peer.Actions.OfType<GraspAction.Connect>().Count();
            _peer.Advance(TimeSpan.FromMilliseconds(pause) - TimeSpan.FromTicks(1));
            Assert.Equal(opened, _peer.Actions.OfType<GraspAction.Connect>().Count());
            _peer.Advance(TimeSpan.FromTicks(1));
            Assert.Equal(opened + 1, _peer.Actions.OfType<GraspAction.Connect>().Count());
        }
        var stream = _peer.Accept();
        var sent = _peer.Sent<RequestNegotiationMessage>();
        Assert.Equal(4, sent.Select(r => r.SessionId).Distinct().Count());
        _peer.Say(stream, new NegotiationMessage(sent[^1].SessionId, Negotiable(3)));
        Assert.Equal(GraspError.ok, _peer.Results[request].Error);
        _peer.Close(stream); // with a word: the negotiation failed
        Assert.Equal(1, _peer.Engine.SessionCount);
    }

    [Fact]
    public void Quirk7_a_peer_that_stays_busy_is_no_peer_within_a_second_and_one_that_spoke_is_not_asked_again()
    {
        var request = _peer.Begin(Request(Negotiable()));
        var begun = _peer.Now;
        for (var i = 0; i < 4; i++)
        {
            _peer.Close(_peer.Accept());
            if (i < 3)
                _peer.Advance(TimeSpan.FromMilliseconds(100 << i));
        }
        Assert.Equal(GraspError.noPeer, _peer.Results[request].Error);
        Assert.True(_peer.Now - begun < Second);

        request = _peer.Begin(Request(Negotiable(name: "EX3")));
        var stream = _peer.Accept();
        _peer.Say(stream, new WaitMessage(_peer.Sent<RequestNegotiationMessage>()[^1].SessionId, Minute));
        _peer.Close(stream);
        Assert.Equal(GraspError.noPeer, _peer.Results[request].Error);
    }

    [Fact]
    public void H19_quirk8_the_session_id_of_a_discovery_is_never_the_one_of_a_request()
    {
        var asa = _peer.Asa(Negotiable());
        for (var i = 0; i < 20; i++)
        {
            _peer.Begin(new GraspCommand.RequestNegotiate(asa, Negotiable(), null, Minute));
            if (i == 0)
                _peer.Answer(38275);
            _peer.Accept();
        }
        var requests = _peer.Sent<RequestNegotiationMessage>().Select(m => m.SessionId).ToList();
        Assert.Equal(20, requests.Distinct().Count());
        Assert.DoesNotContain(_peer.Sent<DiscoveryMessage>().Single().SessionId, requests);
    }

    [Fact]
    public void Quirk9_no_wait_of_zero_is_sent_and_no_empty_reason()
    {
        var objective = Negotiable();
        var asa = _peer.Asa(objective);
        var listening = _peer.Begin(new GraspCommand.ListenNegotiate(asa, objective.Name));
        var stream = _peer.Connect();
        _peer.Say(stream, new RequestNegotiationMessage(77, objective));
        var session = ((GraspResult.NegotiationRequested)_peer.Results[listening]).Session;
        _peer.Call(new GraspCommand.NegotiateWait(asa, session, TimeSpan.Zero));
        Assert.Equal(Minute, _peer.Sent<WaitMessage>().Single().WaitingTime);
        _peer.Call(new GraspCommand.EndNegotiate(asa, session, false, ""));
        _peer.Advance(Second); // after the pause that M_WAIT needs (quirk 3)
        Assert.Equal(Convert.FromHexString("8306184d811866"), _peer.Actions.OfType<GraspAction.SendOnStream>().Last().Message.Memory.ToArray());
    }

    [Fact]
    public void Quirk10_name_and_flags_stay_those_of_the_request_whatever_the_asa_gives()
    {
        var asa = _peer.Asa(Negotiable());
        var request = _peer.Begin(new GraspCommand.RequestNegotiate(asa, Negotiable(), AsaLocator.Tcp(ScriptedPeer.Address, 38275), Minute));
        var stream = _peer.Accept();
        var id = _peer.Sent<RequestNegotiationMessage>().Single().SessionId;
        _peer.Say(stream, new NegotiationMessage(id, Negotiable(4)));
        var session = ((GraspResult.Negotiated)_peer.Results[request]).Session!.Value;
        _peer.Begin(new GraspCommand.NegotiateStep(asa, session, new Objective("EX1", ObjectiveFlags.F_NEG, 0, Value(5)), Minute));
        var step = _peer.Sent<NegotiationMessage>().Single().Objective;
        Assert.Equal(("EX1", Neg, (byte)5), (step.Name, step.Flags, step.LoopCount));
    }

    /// <summary>Loop counts: graspy's responder answers with the initiator's own, and counts from the second step on.</summary>
    [Fact]
    public void I13_a_first_counter_offer_with_the_loop_count_undiminished_is_taken_and_ours_goes_down()
    {
        var asa = _peer.Asa(Negotiable());
        var request = _peer.Begin(new GraspCommand.RequestNegotiate(asa, Negotiable(), AsaLocator.Tcp(ScriptedPeer.Address, 38275), Minute));
        var stream = _peer.Accept();
        var id = _peer.Sent<RequestNegotiationMessage>().Single().SessionId;
        _peer.Say(stream, new NegotiationMessage(id, Negotiable(4, loopCount: 6)));
        var offer = (GraspResult.Negotiated)_peer.Results[request];
        Assert.Equal(6, offer.Objective.LoopCount);
        var step = _peer.Begin(new GraspCommand.NegotiateStep(asa, offer.Session!.Value, Negotiable(5), Minute));
        Assert.Equal(5, _peer.Sent<NegotiationMessage>().Single().Objective.LoopCount);
        _peer.Say(stream, new NegotiationMessage(id, Negotiable(6, loopCount: 4)));
        Assert.Equal(4, ((GraspResult.Negotiated)_peer.Results[step]).Objective.LoopCount);
    }

    [Fact]
    public void Quirk11_a_request_of_the_wrong_kind_that_is_answered_or_hangs_ends_with_its_code()
    {
        var request = _peer.Begin(Request(Negotiable()));
        var stream = _peer.Accept();
        _peer.Say(stream, new SynchMessage(_peer.Sent<RequestNegotiationMessage>().Single().SessionId, Synchronizable(name: "EX1")));
        Assert.Equal(GraspError.noValidStep, _peer.Results[request].Error);
        Assert.True(_peer.IsClosed(stream));

        var synchronization = _peer.Begin(new GraspCommand.Synchronize(_peer.Asa(), Synchronizable(), AsaLocator.Tcp(ScriptedPeer.Address, 38275), Minute));
        _peer.Accept();
        _peer.Advance(Minute);
        Assert.Equal(GraspError.noSynchReply, _peer.Results[synchronization].Error);

        // What it asks of us, we check ourselves.
        var objective = Synchronizable(name: "EX5");
        _peer.Call(new GraspCommand.ListenSynchronize(_peer.Asa(objective), objective));
        var asked = _peer.Connect();
        _peer.Say(asked, new RequestNegotiationMessage(5, Negotiable(name: "EX5")));
        Assert.True(_peer.IsClosed(asked));
        Assert.Equal(1, _peer.Engine.Counters.Dropped(GraspDropReason.NoListener));
    }

    [Fact]
    public void Quirk11_flags_that_do_not_fit_do_not_keep_a_discovery_or_a_synchronization_from_its_answer()
    {
        var objective = Synchronizable(9);
        _peer.Call(new GraspCommand.ListenSynchronize(_peer.Asa(objective), objective));
        _peer.Multicast(new DiscoveryMessage(1, ScriptedPeer.Address, objective with { Flags = ObjectiveFlags.F_NEG, LoopCount = 0 }).Encode());
        _peer.Accept();
        Assert.Single(_peer.Sent<ResponseMessage>());
        var stream = _peer.Connect();
        _peer.Say(stream, new RequestSynchronizationMessage(2, objective with { Flags = ObjectiveFlags.None }));
        Assert.Equal(Synch, _peer.Sent<SynchMessage>().Single().Objective.Flags);
    }

    [Fact]
    public void Quirk12_all_objectives_of_this_node_are_at_one_locator_of_the_kind_that_graspy_can_use()
    {
        var (first, second) = (Negotiable(name: "EX1"), Negotiable(name: "EX3"));
        var asa = _peer.Asa(first, second);
        _peer.Begin(new GraspCommand.ListenNegotiate(asa, "EX1"));
        _peer.Begin(new GraspCommand.ListenNegotiate(asa, "EX3"));
        foreach (var (objective, id) in new[] { (first, 1u), (second, 2u) })
        {
            _peer.Multicast(new DiscoveryMessage(id, ScriptedPeer.Address, objective).Encode());
            _peer.Accept();
        }
        // Quirk 14: FQDN and URI crash it, IPv4 it cannot connect to, UDP it takes for TCP.
        Locator only = new Ipv6Locator(ScriptedPeer.OurAddress, TransportProtocol.Tcp, GraspConstants.GRASP_LISTEN_PORT);
        Assert.All(_peer.Sent<ResponseMessage>(), r => Assert.Equal([only], r.Locators));
        Assert.Equal(2, _peer.Sent<ResponseMessage>().Count);
    }

    [Fact]
    public void H05_quirk13_a_divert_with_a_negative_ttl_a_short_uri_and_tcp_for_udp_is_of_use_for_this_once()
    {
        object?[] far = [103, Ipv6Address.Parse("fd89::3").ToBytes(), 6, 1002];
        var search = _peer.Begin(Discover(_peer.Asa(), Synchronizable()));
        _peer.Answer(d => Cbor.Encode(new object?[]
        {
            2, (long)d.SessionId, d.Initiator.ToBytes(), -40,
            new object?[] { 100, new object?[] { 106, "coap://[fd89::3]/x" }, far },
        }));
        var found = ((GraspResult.Discovered)_peer.Results[search]).Locators;
        Assert.Equal(new Ipv6Locator(Ipv6Address.Parse("fd89::3"), TransportProtocol.Tcp, 1002), found[0].Locator);
        _peer.Advance(TimeSpan.FromMilliseconds(1));
        Assert.DoesNotContain(_peer.Engine.DiscoveryCache, e => e.Locator.Expires > _peer.Now);
    }

    [Fact]
    public void H14_quirk13_a_divert_with_a_link_local_address_in_it_is_of_use_for_the_others_in_it()
    {
        var search = _peer.Begin(Discover(_peer.Asa(), Synchronizable()));
        object?[] near = [103, ScriptedPeer.LinkLocal.ToBytes(), 6, 1001], far = [103, Ipv6Address.Parse("fd89::3").ToBytes(), 6, 1002];
        _peer.Answer(d => Cbor.Encode(new object?[] { 2, (long)d.SessionId, d.Initiator.ToBytes(), 1000, new object?[] { 100, near } }));
        Assert.False(_peer.Results.ContainsKey(search));
        _peer.Answer(d => Cbor.Encode(new object?[] { 2, (long)d.SessionId, d.Initiator.ToBytes(), 1000, new object?[] { 100, near, far } }));
        Assert.Equal(Ipv6Address.Parse("fd89::3"), ((Ipv6Locator)Assert.Single(((GraspResult.Discovered)_peer.Results[search]).Locators).Locator).Address);
    }

    [Fact]
    public void I18_quirk15_a_link_local_locator_that_is_not_the_sources_becomes_the_sources()
    {
        var peer = new ScriptedPeer(links: 2);
        var foreign = new Ipv6Locator(Ipv6Address.Parse("fe80::1:2"), TransportProtocol.Udp, 500);
        var flood = new FloodMessage(1, ScriptedPeer.Address, Minute, Entry(Synchronizable(1, "EX7", 1), foreign));
        peer.Multicast(flood.Encode(), link: 2);
        var copy = Assert.Single(peer.Engine.FloodCache);
        Assert.Equal(foreign with { Address = ScriptedPeer.LinkLocal }, copy.Locator);
        Assert.Equal(new GraspInterfaceId(2), copy.Interface);
        // A locator of more than the link's scope is nobody's business but the flooder's.
        var global = new Ipv6Locator(Ipv6Address.Parse("fd89::77"), TransportProtocol.Udp, 500);
        peer.Multicast(new FloodMessage(2, ScriptedPeer.Address, Minute, Entry(Synchronizable(1, "EX8"), global)).Encode());
        Assert.Equal(global, peer.Engine.FloodCache.Single(f => f.Objective.Name == "EX8").Locator);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void Quirk16_flooded_objectives_come_with_flags_4_or_5(int flags)
    {
        var objective = new Objective("SRV.est", (ObjectiveFlags)flags, 6, Value(1));
        _peer.Multicast(new FloodMessage(1, ScriptedPeer.Address, Minute, Entry(objective)).Encode());
        var got = (GraspResult.Synchronized)_peer.Call(new GraspCommand.Synchronize(_peer.Asa(), Synchronizable(name: "SRV.est"), null, Second));
        Assert.Equal(objective, got.Objective);
    }

    [Fact]
    public void H35_quirk18_copies_by_other_ports_and_addresses_of_one_node_count_once()
    {
        var peer = new ScriptedPeer(links: 2);
        var flood = new FloodMessage(1, ScriptedPeer.Address, Minute, Entry(Synchronizable(1))).Encode();
        peer.Multicast(flood, port: 40000);
        peer.Multicast(flood, port: 40001);
        peer.Multicast(flood, Ipv6Address.Parse("fe80::98"));
        Assert.Equal(2, peer.Engine.Counters.Dropped(GraspDropReason.Duplicate));
        Assert.Equal(1, peer.Engine.Counters.FloodsRelayed);

        var objective = Synchronizable(9, "EX5");
        peer.Call(new GraspCommand.ListenSynchronize(peer.Asa(objective), objective));
        var discovery = new DiscoveryMessage(2, ScriptedPeer.Address, objective).Encode();
        peer.Multicast(discovery, port: 40000);
        peer.Multicast(discovery, port: 40001);
        Assert.Single(peer.Actions.OfType<GraspAction.Connect>());
    }

    [Fact]
    public void H30_quirk22_floods_can_be_kept_to_what_a_graspy_relay_remembers()
    {
        var peer = new ScriptedPeer(GraspOptions.ForStandalone with { RelayedFloodsPerSecond = 18 }, links: 2);
        for (var id = 1u; id <= 600; id++)
        {
            peer.Multicast(new FloodMessage(id, ScriptedPeer.Address, Minute, Entry(Synchronizable((int)id))).Encode());
            peer.Advance(TimeSpan.FromMilliseconds(100));
        }
        // One arrival interface gets half of it: nine a second, for a minute, and two seconds' worth at once.
        Assert.InRange(peer.Engine.Counters.FloodsRelayed, 500, 560);
        Assert.True(peer.Engine.Counters.Dropped(GraspDropReason.FloodRateLimited) >= 40);
    }

    /// <summary>graspy wraps whatever octets it can decode in tag 24, and unwraps it; so may its ASAs' values come.</summary>
    [Fact]
    public void I23_values_in_tag_24_are_read_like_plain_ones_and_pass_byte_by_byte()
    {
        var plain = CborValue.FromEncoded(Convert.FromHexString("82634e5a441901eb"));
        var wrapped = CborValue.FromEncoded(Convert.FromHexString("d8184882634e5a441901eb"));
        Assert.True(wrapped.IsEmbedded);
        Assert.False(plain.IsEmbedded);
        Assert.Equal(wrapped, CborValue.Embedded(plain.Encoded));
        Assert.Equal("d8184882634e5a441901eb", Convert.ToHexStringLower(CborValue.Embedded(plain.Encoded).Encoded.Span));
        Assert.Equal(plain.ToArray(), wrapped.ToArray());
        Assert.Equal(491, wrapped.ToArray()[1].ToInt64());
        Assert.Equal(plain.Encoded.ToArray(), wrapped.Unwrapped.ToArray());
        // h'fffe' is no CBOR: the octets are the value.
        var octets = CborValue.FromEncoded(Convert.FromHexString("d81842fffe"));
        Assert.Equal(new byte[] { 0xff, 0xfe }, octets.ToBytes());
        Assert.Throws<FormatException>(() => octets.ToInt64());
        Assert.Equal("24(h'fffe')", octets.ToString());
        // Tag 24 around something else is somebody's own idea: passed on, not looked into.
        Assert.False(CborValue.FromEncoded(Convert.FromHexString("d81801")).IsEmbedded);
    }

    [Fact]
    public void I23_a_value_in_tag_24_goes_through_the_engine_as_it_is()
    {
        ByteString wrapped = Convert.FromHexString("d8184882634e5a441901eb");
        var objective = Negotiable(name: "EX3") with { Value = wrapped };
        var listening = _peer.Begin(new GraspCommand.ListenNegotiate(_peer.Asa(objective), "EX3"));
        _peer.Say(_peer.Connect(), Convert.FromHexString("83031ad64f20c584634558330304d8184882634e5a441901eb"));
        Assert.Equal(wrapped, ((GraspResult.NegotiationRequested)_peer.Results[listening]).Objective.Value);
        _peer.Begin(Request(objective with { Name = "EX4" }));
        _peer.Accept();
        Assert.Equal(wrapped, _peer.Sent<RequestNegotiationMessage>().Single().Objective.Value);
    }
}
