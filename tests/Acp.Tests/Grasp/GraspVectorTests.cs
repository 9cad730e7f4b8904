using Acp.Core;
using Acp.Wire.Grasp;

namespace Acp.Tests.Grasp;

/// <summary>H-01 to H-07, H-13, H-15: graspy's own messages in both directions.</summary>
public class GraspVectorTests
{
    public static TheoryData<string, string> Vectors => GraspyVectors.AsTheory();

    [Fact]
    public void All_vectors_of_the_file_are_there() => Assert.Equal(70, GraspyVectors.All.Count);

    [Theory]
    [MemberData(nameof(Vectors))]
    public void H02_decodes_as_its_type_and_encodes_to_the_same_octets(string type, string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.True(GraspMessage.TryDecode(bytes, out var message, out var refusal), refusal.ToString());
        Assert.Equal(GraspRefusal.None, refusal);
        Assert.Equal(type, TypeName(message));
        Assert.Equal(hex, Convert.ToHexStringLower(message.Encode()));
        Assert.Empty(message.Unknown);

        Assert.True(GraspMessage.TryDecode(message.Encode(), out var again, out _));
        Assert.Equal(message, again);
        Assert.Equal(message.GetHashCode(), again.GetHashCode());
    }

    [Fact]
    public void Every_prefix_of_every_vector_is_refused_as_truncated()
    {
        foreach (var (_, message) in GraspyVectors.All)
        {
            for (var length = 0; length < message.Length; length++)
            {
                Assert.False(GraspMessage.TryDecode(message.AsSpan(0, length), out var decoded, out var refusal));
                Assert.Null(decoded);
                Assert.Equal(GraspRefusal.Truncated, refusal);
            }
        }
    }

    [Fact]
    public void Trailing_octets_are_refused()
    {
        foreach (var (_, message) in GraspyVectors.All)
        {
            Assert.False(GraspMessage.TryDecode([.. message, 0], out _, out var refusal));
            Assert.Equal(GraspRefusal.TrailingBytes, refusal);
        }
    }

    [Fact]
    public void Mutations_never_throw_and_what_decodes_encodes_again()
    {
        var random = new SeededRandom(20260821);
        var accepted = 0;
        for (var round = 0; round < 300; round++)
        {
            foreach (var (_, original) in GraspyVectors.All)
            {
                var bytes = original.ToArray();
                for (var hits = 1 + random.Next(3); hits > 0; hits--)
                {
                    if (random.Next(2) == 0)
                        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                    else
                        bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }
                if (!GraspMessage.TryDecode(bytes, out var message, out var refusal))
                {
                    Assert.NotEqual(GraspRefusal.None, refusal);
                    continue;
                }
                accepted++;
                Assert.True(GraspMessage.TryDecode(message.Encode(), out var again, out refusal), $"{Convert.ToHexStringLower(bytes)}: {refusal}");
                if (message is not FloodMessage { DroppedEntries: > 0 })
                    Assert.Equal(message, again);
                _ = message.ToString();
            }
        }
        Assert.InRange(accepted, 1000, 300 * 70);
    }

    [Fact]
    public void H02_fields_land_where_the_RFC_puts_them()
    {
        var flood = Decode<FloodMessage>(
            "86091ad6f93c7e50fd89b714f3db000002000000640000021a0001d4c0828466414e5f414350040165494b45763284186750fe800000000000000000000000020001111901f88284675352562e6573740406674553542d544c5384186750fe800000000000000000000000020001061855");
        Assert.Equal(3606658174u, flood.SessionId);
        Assert.Equal(Wire.Ipv6Address.Parse("fd89:b714:f3db:0:200:0:6400:2"), flood.Initiator.Ipv6);
        Assert.Equal(TimeSpan.FromSeconds(120), flood.Ttl);
        Assert.Equal(2, flood.Entries.Count);
        Assert.Equal(new Objective("AN_ACP", ObjectiveFlags.F_SYNCH, 1, Convert.FromHexString("65494b457632")), flood.Entries[0].Objective);
        Assert.Equal(new Ipv6Locator(Wire.Ipv6Address.Parse("fe80::2:1"), TransportProtocol.Udp, 504), flood.Entries[0].Locator);
        Assert.Equal(6, flood.Entries[1].Objective.LoopCount);

        var divert = Decode<ResponseMessage>(
            "85021a06589de650fd89b714f3db00000200000064000001192a8c83186484186750fd89b714f3db00000200000064000003061903e984186750fd000000000000000000000000000005061903ea");
        Assert.True(divert.IsDivert);
        Assert.Equal(2, divert.Locators.Count);
        Assert.Equal(TimeSpan.FromMilliseconds(10892), divert.Ttl);

        var rapid = Decode<ResponseMessage>(
            "86021af92649a250fd89b714f3db000002000000640000011a000927c084186750fd89b714f3db00000200000064000002061984ef846b3431313a762d726170696405068265726170696401");
        Assert.Equal("411:v-rapid", rapid.Objective!.Name);

        var decline = Decode<EndMessage>("83061ab989859282186672496e73756666696369656e742066756e6473");
        Assert.False(decline.Accepted);
        Assert.Equal("Insufficient funds", decline.Reason);

        Assert.Equal(TimeSpan.FromMilliseconds(15729), Decode<WaitMessage>("83071a176dc3ef193d71").WaitingTime);

        var dry = Decode<RequestNegotiationMessage>("83031a41416ceb846c3431313a762d6163636570740b0682634e5a441864");
        Assert.Equal(ObjectiveFlags.F_DISC | ObjectiveFlags.F_NEG | ObjectiveFlags.F_NEG_DRY, dry.Objective.Flags);
    }

    private static T Decode<T>(string hex)
        where T : GraspMessage
    {
        Assert.True(GraspMessage.TryDecode(Convert.FromHexString(hex), out var message, out var refusal), refusal.ToString());
        return Assert.IsType<T>(message);
    }

    private static string TypeName(GraspMessage message) => message switch
    {
        NoopMessage => "NOOP",
        DiscoveryMessage => "DISCOVERY",
        ResponseMessage => "RESPONSE",
        RequestNegotiationMessage => "REQ_NEG",
        RequestSynchronizationMessage => "REQ_SYN",
        NegotiationMessage => "NEGOTIATE",
        EndMessage => "END",
        WaitMessage => "WAIT",
        SynchMessage => "SYNCH",
        FloodMessage => "FLOOD",
        InvalidMessage => "INVALID",
        _ => message.GetType().Name,
    };
}
