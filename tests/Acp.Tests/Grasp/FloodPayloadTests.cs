using Acp.Core;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Tests.Grasp;

/// <summary>What the signature of a flood covers: the same octets at the signer and at whoever gets it, relayed or not.</summary>
public class FloodPayloadTests
{
    private static readonly Ipv6Address Address = Ipv6Address.Parse("fd89::1");
    private static readonly object?[] Plain = ["EX1", 4, 6, 1];
    private static readonly object?[] Option = [107, new byte[] { 1, 2, 3 }];

    private static FloodMessage Flood(byte first = 6, byte second = 6) => new(7, Address, TimeSpan.FromSeconds(210),
        [
            new FloodEntry(new Objective("EX1", ObjectiveFlags.F_SYNCH, first, Cbor.Encode(1)), null),
            new FloodEntry(new Objective("EX2", ObjectiveFlags.F_SYNCH, second, Cbor.Encode("x")), new Ipv6Locator(Address, TransportProtocol.Tcp, 1)),
        ]);

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    [InlineData(23)]
    [InlineData(24)]
    [InlineData(255)]
    public void O03_the_payload_is_the_message_without_its_option_and_with_the_first_loop_count_zero(byte count)
    {
        Assert.True(FloodPayload.TryOfUnsigned(Flood(count).Encode(), out var signed));
        Assert.Equal(Flood(0).Encode(), signed);
        Assert.True(FloodPayload.TryOfSigned((Flood(count) with { CoseSign = new byte[] { 1, 2, 3 } }).Encode(), out var received));
        Assert.Equal(signed, received);
    }

    [Fact]
    public void O03_the_loop_count_of_the_second_objective_matters()
    {
        Assert.True(FloodPayload.TryOfUnsigned(Flood(second: 6).Encode(), out var six));
        Assert.True(FloodPayload.TryOfUnsigned(Flood(second: 5).Encode(), out var five));
        Assert.NotEqual(six, five);
    }

    [Fact]
    public void O03_options_that_nobody_knows_are_signed_as_well()
    {
        var flood = Flood() with { Unknown = [new byte[] { 0x82, 0x18, 200, 1 }] };
        Assert.True(FloodPayload.TryOfSigned((flood with { CoseSign = new byte[80] }).Encode(), out var payload));
        Assert.True(FloodPayload.TryOfUnsigned(flood.Encode(), out var same));
        Assert.Equal(same, payload);
        Assert.NotEqual(Flood(0).Encode(), payload);
    }

    [Theory]
    [InlineData(24, 0x98)]
    [InlineData(300, 0x99)]
    public void O11_long_messages_have_long_heads(int entries, int head)
    {
        var many = Flood() with { Entries = [.. Enumerable.Repeat(Flood().Entries[0], entries - 4)] };
        Assert.True(FloodPayload.TryOfSigned((many with { CoseSign = new byte[1] }).Encode(), out var payload));
        Assert.True(FloodPayload.TryOfUnsigned(many.Encode(), out var same));
        Assert.Equal(same, payload);
        Assert.Equal(head, payload[0]);
    }

    [Fact]
    public void O11_an_array_without_length_and_long_forms_come_out_as_they_are_but_for_the_head()
    {
        // [_ 9, 7, h'…', 1000, [["EX1", 4, 6 as two octets, 1], []], [107, h'010203']]
        var inside = "0907" + "50" + Convert.ToHexStringLower(Address.ToBytes()) + "1903e8" + "82" + "84" + "63455831" + "04";
        var received = Convert.FromHexString("9f" + inside + "1806" + "01" + "80" + "82186b43010203" + "ff");
        Assert.True(GraspMessage.TryDecode(received, out var message, out _));
        Assert.NotNull(((FloodMessage)message).CoseSign);
        Assert.True(FloodPayload.TryOfSigned(received, out var payload));
        Assert.Equal("85" + inside + "00" + "01" + "80", Convert.ToHexStringLower(payload));
    }

    [Fact]
    public void A_flood_whose_first_entry_is_none_has_no_payload()
    {
        var flood = Cbor.Encode(new object?[] { 9, 7, Address.ToBytes(), 1, new object?[] { Plain }, new object?[] { Plain, Array.Empty<object?>() }, Option });
        Assert.True(GraspMessage.TryDecode(flood, out _, out _));
        Assert.False(FloodPayload.TryOfSigned(flood, out _));
    }

    [Fact]
    public void O13_both_revisions_of_the_draft_are_told_apart()
    {
        object?[] signed = ["EX1", 4, 6, 1, new byte[] { 9 }], none = [];
        FloodSigning Of(object?[] entry, params object?[] elements)
        {
            Assert.True(GraspMessage.TryDecode(Cbor.Encode(new object?[] { 9, 7, Address.ToBytes(), 1, entry }.Concat(elements).ToArray()), out var m, out _));
            return ((FloodMessage)m).Signing;
        }
        Assert.Equal(FloodSigning.None, Of([Plain, none]));
        Assert.Equal(FloodSigning.Message, Of([Plain, none], (object)Option));
        Assert.Equal(FloodSigning.Objectives, Of([Plain, none], (object)new object?[] { signed, none }));
        Assert.Equal(FloodSigning.MessageAndObjectives, Of([signed, none], (object)Option));
    }

    [Fact]
    public void Mutated_floods_never_throw()
    {
        var random = new SeededRandom(107);
        var original = (Flood() with { CoseSign = new byte[40] }).Encode();
        var read = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = original.ToArray();
            for (var hits = 1 + random.Next(3); hits > 0; hits--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (GraspMessage.TryDecode(bytes, out var message, out _) && message is FloodMessage { CoseSign: not null }
                && FloodPayload.TryOfSigned(bytes, out _))
                read++;
        }
        Assert.InRange(read, 1000, 20_000);
    }
}
