using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Tests.Grasp;

/// <summary>The rules and tolerances of the codec beyond what graspy happens to send.</summary>
public class GraspCodecTests
{
    private static readonly byte[] Address = Ipv6Address.Parse("fd89::1").ToBytes();
    private static readonly byte[] LinkLocal = Ipv6Address.Parse("fe80::1").ToBytes();
    private static readonly object?[] Plain = ["EX1", 4, 6, 1];
    private static readonly object?[] V6 = [103, Address, 6, 7017];

    public static TheoryData<string, object?[]> MessagesOfEachType => new()
    {
        { "noop", [0] },
        { "discovery", [1, 7, Address, Plain] },
        { "response", [2, 7, Address, 1000, V6] },
        { "divert", [2, 7, Address, 1000, new object?[] { 100, V6 }] },
        { "request negotiation", [3, 7, Plain] },
        { "request synchronization", [4, 7, Plain] },
        { "negotiate", [5, 7, Plain] },
        { "end", [6, 7, new object?[] { 101 }] },
        { "wait", [7, 7, 1000] },
        { "synch", [8, 7, Plain] },
        { "flood", [9, 7, Address, 1000, new object?[] { Plain, V6 }] },
        { "invalid", [99, 7, "why"] },
    };

    [Theory]
    [MemberData(nameof(MessagesOfEachType))]
    public void O01_H11_an_unknown_option_changes_nothing_but_is_kept(string name, object?[] elements)
    {
        var plain = Decode(elements);
        var option = Cbor.Encode(new object?[] { 200, 1 });
        var with = Decode([.. elements, new object?[] { 200, 1 }]);
        Assert.Equal([option], with.Unknown);
        Assert.Equal(plain, with with { Unknown = [] });
        Assert.True(GraspMessage.TryDecode(with.Encode(), out var again, out _), name);
        Assert.Equal(with, again);
    }

    [Fact]
    public void H01_indefinite_lengths_and_long_forms_are_accepted_and_not_sent()
    {
        // [_ 9, 7 as 8 octets, (_ h'fe80…', h'…01'), 1000, [_ [_ (_ "AN_", "ACP"), 4, 1, "IKEv2"], []]]
        var hex = "9f09" + "1b0000000000000007"
            + "5f" + "48fe80000000000000" + "480000000000000001" + "ff"
            + "1a000003e8"
            + "9f" + "9f" + "7f" + "63414e5f" + "63414350" + "ff" + "1804" + "190001" + "65494b457632" + "ff" + "9fff" + "ff" + "ff";
        Assert.True(GraspMessage.TryDecode(Convert.FromHexString(hex), out var message, out var refusal), refusal.ToString());
        var flood = Assert.IsType<FloodMessage>(message);
        Assert.Equal("AN_ACP", flood.Entries[0].Objective.Name);
        Assert.Null(flood.Entries[0].Locator);
        Assert.Equal("85090750fe8000000000000000000000000000011903e8828466414e5f414350040165494b45763280",
            Convert.ToHexStringLower(flood.Encode()));
    }

    [Fact]
    public void H03_session_ids_end_at_32_bits()
    {
        Assert.Equal(uint.MaxValue, Assert.IsType<WaitMessage>(Decode([7, 4294967295L, 1])).SessionId);
        Refused(GraspRefusal.BadSessionId, [7, 4294967296L, 1]);
        Refused(GraspRefusal.BadSessionId, [7, -1, 1]);
        Refused(GraspRefusal.BadSessionId, [7]);
        Refused(GraspRefusal.BadSessionId, [7, "7", 1]);
    }

    [Fact]
    public void H04_discovery_has_exactly_one_objective()
    {
        Refused(GraspRefusal.MissingObjective, [1, 7, Address]);
        Refused(GraspRefusal.TooManyObjectives, [1, 7, Address, Plain, Plain]);
        Refused(GraspRefusal.BadInitiator, [1, 7, new byte[5], Plain]);
        Refused(GraspRefusal.BadInitiator, [1, 7, Plain]);
        var v4 = Assert.IsType<DiscoveryMessage>(Decode([1, 7, new byte[] { 192, 0, 2, 1 }, Plain]));
        Assert.True(v4.Initiator.IsIpv4);
        Assert.Equal("192.0.2.1", v4.Initiator.ToString());
    }

    [Fact]
    public void H05_response_has_locators_or_one_divert()
    {
        Refused(GraspRefusal.MissingLocator, [2, 7, Address, 1000]);
        Refused(GraspRefusal.BadDivert, [2, 7, Address, 1000, V6, new object?[] { 100, V6 }]);
        Refused(GraspRefusal.BadDivert, [2, 7, Address, 1000, new object?[] { 100, V6 }, new object?[] { 100, V6 }]);
        Refused(GraspRefusal.BadDivert, [2, 7, Address, 1000, new object?[] { 100 }]);
        Refused(GraspRefusal.BadTtl, [2, 7, Address, 4294967296L, V6]);
        Refused(GraspRefusal.BadLocator, [2, 7, Address, 1000, new object?[] { 103, new byte[4], 6, 1 }]);
    }

    [Fact]
    public void H13_locators_of_each_kind_are_read_and_written_with_nulls_only_where_they_may_be()
    {
        object?[][] good =
        [
            [103, Address, 6, 7017], [104, new byte[] { 192, 0, 2, 1 }, 17, 65535], [105, "a.example", 6, 80],
            [106, "coap://a/x", null, null], [106, "http://a/", 6, null], [106, "http://a/", null, 80], [106, "http://a/", 6, 80],
        ];
        foreach (var locator in good)
        {
            var bytes = Cbor.Encode(new object?[] { 2, 7, Address, 1000, locator });
            Assert.True(GraspMessage.TryDecode(bytes, out var message, out var refusal), refusal.ToString());
            Assert.Equal(bytes, message.Encode());
        }
        object?[][] bad =
        [
            [103, Address, 6], [103, Address, 6, 65536], [103, Address, null, 1], [103, new byte[15], 6, 1], [103, "::1", 6, 1],
            [104, new byte[5], 6, 1], [105, new byte[4], 6, 80], [105, "a.example", null, 80], [106, 5, null, null], [106, "x", "y", null],
            [103, Address, 6, 1, 1],
        ];
        foreach (var locator in bad)
            Refused(GraspRefusal.BadLocator, [2, 7, Address, 1000, locator]);
    }

    [Fact]
    public void H14_link_local_addresses_in_a_divert_are_dropped()
    {
        object?[] local = [103, LinkLocal, 6, 7017];
        Refused(GraspRefusal.BadDivert, [2, 7, Address, 1000, new object?[] { 100, local }]);
        var mixed = Assert.IsType<ResponseMessage>(Decode([2, 7, Address, 1000, new object?[] { 100, local, V6 }]));
        Assert.Equal([new Ipv6Locator(Ipv6Address.Parse("fd89::1"), TransportProtocol.Tcp, 7017)], mixed.Locators);
        // Outside a divert a link-local locator is allowed.
        Assert.IsType<ResponseMessage>(Decode([2, 7, Address, 1000, local]));
    }

    [Fact]
    public void Graspy_relays_may_send_a_negative_ttl_and_short_uri_locators()
    {
        var response = Assert.IsType<ResponseMessage>(
            Decode([2, 7, Address, -5, new object?[] { 100, new object?[] { 106, "coap://x" } }]));
        Assert.Equal(TimeSpan.FromMilliseconds(1), response.Ttl);
        Assert.Equal([new UriLocator("coap://x", null, null)], response.Locators);
    }

    [Fact]
    public void H06_an_objective_of_a_flood_needs_its_locator_element()
    {
        Refused(GraspRefusal.EmptyFlood, [9, 7, Address, 1000]);
        Refused(GraspRefusal.EmptyFlood, [9, 7, Address, 1000, new object?[] { Plain }]);
        Refused(GraspRefusal.EmptyFlood, [9, 7, Address, 1000, Plain]);
        Refused(GraspRefusal.BadObjective, [9, 7, Address, 1000, new object?[] { new object?[] { 1, 2 }, V6 }]);
        var flood = Assert.IsType<FloodMessage>(Decode(
            [9, 7, Address, 1000, new object?[] { Plain }, new object?[] { Plain, V6 }, new object?[] { Plain, new object?[] { 103, LinkLocal, 6 } }]));
        Assert.Single(flood.Entries);
        Assert.Equal(2, flood.DroppedEntries);
    }

    [Fact]
    public void H12_options_of_other_messages_are_ignored()
    {
        var end = Assert.IsType<EndMessage>(Decode([6, 7, V6, new object?[] { 100, V6 }, new object?[] { 102, "no" }]));
        Assert.Equal("no", end.Reason);
        Assert.Equal(2, end.Unknown.Count);
        var request = Assert.IsType<RequestNegotiationMessage>(Decode([3, 7, new object?[] { 101 }, Plain, new object?[] { 100, V6 }]));
        Assert.Equal("EX1", request.Objective.Name);
    }

    [Fact]
    public void H07_an_end_says_accept_or_decline_once()
    {
        Refused(GraspRefusal.MissingOutcome, [6, 7]);
        Refused(GraspRefusal.BadOutcome, [6, 7, new object?[] { 101 }, new object?[] { 102 }]);
        Refused(GraspRefusal.BadOutcome, [6, 7, new object?[] { 102, 5 }]);
        Assert.Null(Assert.IsType<EndMessage>(Decode([6, 7, new object?[] { 102, null }])).Reason);
        Assert.Equal("83060781" + "1866", Convert.ToHexStringLower(new EndMessage(7, false, "").Encode()));
        Refused(GraspRefusal.BadWaitingTime, [7, 7]);
        Refused(GraspRefusal.BadWaitingTime, [7, 7, 4294967296L]);
    }

    [Fact]
    public void H10_unknown_types_are_refused_but_can_be_answered()
    {
        Refused(GraspRefusal.UnknownMessageType, [50, 7, Plain]);
        Assert.True(GraspMessage.TryReadSessionId(Cbor.Encode(new object?[] { 50, 7, Plain }), out var type, out var id));
        Assert.Equal((50, 7u), (type, id));
        Assert.False(GraspMessage.TryReadSessionId(Cbor.Encode(new object?[] { 0 }), out _, out _));
        Refused(GraspRefusal.NotAMessage, [256, 7]);
        Refused(GraspRefusal.NotAMessage, ["x"]);
        Refused(GraspRefusal.NotAMessage, []);
        Assert.False(GraspMessage.TryDecode(Cbor.Encode(5), out _, out var refusal));
        Assert.Equal(GraspRefusal.NotAMessage, refusal);
    }

    [Fact]
    public void H15_objectives_lack_a_value_only_where_they_may()
    {
        object?[] bare = ["EX1", 4, 6];
        Assert.Null(Assert.IsType<DiscoveryMessage>(Decode([1, 7, Address, bare])).Objective.Value);
        Assert.Null(Assert.IsType<RequestSynchronizationMessage>(Decode([4, 7, bare])).Objective.Value);
        Assert.Null(Assert.IsType<FloodMessage>(Decode([9, 7, Address, 1, new object?[] { bare, Array.Empty<object?>() }])).Entries[0].Objective.Value);
        Refused(GraspRefusal.MissingValue, [3, 7, bare]);
        Refused(GraspRefusal.MissingValue, [5, 7, bare]);
        Refused(GraspRefusal.MissingValue, [8, 7, bare]);
        Assert.Throws<ArgumentException>(() => new SynchMessage(7, new Objective("EX1", ObjectiveFlags.F_SYNCH, 6, null)).Encode());
        Refused(GraspRefusal.BadObjective, [3, 7, new object?[] { "EX1", 4, 256, 1 }]);
        Refused(GraspRefusal.BadObjective, [3, 7, new object?[] { "EX1", -4, 6, 1 }]);
        Refused(GraspRefusal.BadObjective, [3, 7, new object?[] { "", 4, 6, 1 }]);
        Refused(GraspRefusal.BadObjective, [3, 7, new object?[] { new string('x', 256), 4, 6, 1 }]);
        Refused(GraspRefusal.BadObjective, [3, 7, new object?[] { "EX1", 4, 6, 1, new byte[1], 2 }]);
    }

    [Fact]
    public void H16_names_stay_distinct_and_invalid_utf8_is_refused_not_repaired()
    {
        var composed = Assert.IsType<SynchMessage>(Decode([8, 7, new object?[] { "x:\u00e9", 4, 6, 1 }]));
        var decomposed = Assert.IsType<SynchMessage>(Decode([8, 7, new object?[] { "x:e\u0301", 4, 6, 1 }]));
        Assert.NotEqual(composed.Objective, decomposed.Objective);
        Assert.False(GraspMessage.TryDecode(Convert.FromHexString("8308078462c328040601"), out _, out var refusal));
        Assert.Equal(GraspRefusal.BadObjective, refusal);
    }

    [Fact]
    public void O02_a_signed_flood_carries_its_option_last()
    {
        object?[] entry = [Plain, V6];
        var signed = Assert.IsType<FloodMessage>(Decode([9, 7, Address, 1000, entry, new object?[] { 107, new byte[] { 1, 2, 3 } }]));
        Assert.Equal<ByteString?>(new byte[] { 1, 2, 3 }, signed.CoseSign);
        Assert.Empty(signed.Unknown);
        Assert.Equal(Cbor.Encode(new object?[] { 9, 7, Address, 1000, entry, new object?[] { 107, new byte[] { 1, 2, 3 } } }), signed.Encode());
        Refused(GraspRefusal.BadSignature, [9, 7, Address, 1000, entry, new object?[] { 107, "abc" }]);
        // Elsewhere than last it is an option that does not fit.
        var early = Assert.IsType<FloodMessage>(Decode([9, 7, Address, 1000, new object?[] { 107, new byte[1] }, entry]));
        Assert.Null(early.CoseSign);
        Assert.Single(early.Unknown);
    }

    [Fact]
    public void O13_a_fifth_element_of_an_objective_is_its_signature()
    {
        var flood = Assert.IsType<FloodMessage>(Decode(
            [9, 7, Address, 1000, new object?[] { new object?[] { "EX1", 4, 6, 1, new byte[] { 9 } }, V6 }]));
        Assert.Equal<ByteString?>(new byte[] { 9 }, flood.Entries[0].Objective.Signature);
        Refused(GraspRefusal.BadObjective, [9, 7, Address, 1000, new object?[] { new object?[] { "EX1", 4, 6, 1, "sig" }, V6 }]);
    }

    [Fact]
    public void H23_2048_octets_are_read_and_2049_refused()
    {
        byte[] Of(int size)
        {
            var shell = Cbor.Encode(new object?[] { 8, 7, new object?[] { "EX1", 4, 6, new byte[1000] } }).Length - 1000;
            return Cbor.Encode(new object?[] { 8, 7, new object?[] { "EX1", 4, 6, new byte[size - shell] } });
        }

        Assert.Equal(2048, Of(2048).Length);
        Assert.True(GraspMessage.TryDecode(Of(2048), out _, out _));
        Assert.False(GraspMessage.TryDecode(Of(2049), out _, out var refusal));
        Assert.Equal(GraspRefusal.OverLimits, refusal);
        Assert.True(GraspMessage.TryDecode(Of(2049), GraspConstants.DefaultLimits with { MaxSize = 4096 }, out _, out _));
    }

    [Fact]
    public void Encoding_refuses_what_no_peer_may_be_sent()
    {
        var objective = new Objective("EX1", ObjectiveFlags.F_SYNCH, 6, Cbor.Encode(1));
        Assert.Throws<ArgumentException>(() => new WaitMessage(7, TimeSpan.FromMilliseconds(4294967296)).Encode());
        Assert.Throws<ArgumentException>(() => new WaitMessage(7, TimeSpan.FromMilliseconds(-1)).Encode());
        Assert.Throws<ArgumentException>(() => new FloodMessage(7, Ipv6Address.AllNodes, TimeSpan.Zero, []).Encode());
        Assert.Throws<ArgumentException>(() => new ResponseMessage(7, Ipv6Address.AllNodes, TimeSpan.Zero, []).Encode());
        Assert.ThrowsAny<ArgumentException>(() => new SynchMessage(7, objective with { Value = new byte[] { 0x82, 1 } }).Encode());
    }

    private static GraspMessage Decode(object?[] elements)
    {
        Assert.True(GraspMessage.TryDecode(Cbor.Encode(elements), out var message, out var refusal), refusal.ToString());
        return message;
    }

    private static void Refused(GraspRefusal expected, object?[] elements)
    {
        Assert.False(GraspMessage.TryDecode(Cbor.Encode(elements), out var message, out var refusal));
        Assert.Null(message);
        Assert.Equal(expected, refusal);
    }
}
