using Acp.Core;
using Acp.Wire;
using Acp.Wire.Attach;
using Acp.Wire.Grasp;

namespace Acp.Tests.AttachRoom;

/// <summary>What programs and acpd say to each other, as bytes.</summary>
public class AttachCodecTests
{
    private static readonly Objective Weather = new("EX2", ObjectiveFlags.F_SYNCH | ObjectiveFlags.F_DISC, 6, new byte[] { 0x18, 0x2a });
    private static readonly Ipv6Locator Six = new(Ipv6Address.Parse("fd89::1"), TransportProtocol.Tcp, 7017);
    private static readonly AttachLocator Peer = new(Six, 3, TimeSpan.FromSeconds(60), true);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static readonly AttachCall[] Calls =
    [
        new AttachCall.RegisterAsa("Gray"),
        new AttachCall.DeregisterAsa(7, "Gray"),
        new AttachCall.RegisterObjective(
            7, Weather, Minute, 15,
            [Six, new Ipv4Locator(0xc0000201, TransportProtocol.Udp, 53), new FqdnLocator("a.example", TransportProtocol.Tcp, 1),
                new UriLocator("http://b.example", null, null), new UriLocator("c:", TransportProtocol.Tcp, 80)], 4096),
        new AttachCall.DeregisterObjective(7, "EX2"),
        new AttachCall.Discover(7, Weather, Minute, TimeSpan.FromTicks(1), 1),
        new AttachCall.RequestNegotiate(7, Weather, Peer, TimeSpan.Zero, true, false),
        new AttachCall.RequestNegotiate(7, Weather, null, TimeSpan.Zero, false, true),
        new AttachCall.ListenNegotiate(7, "EX1"),
        new AttachCall.StopListenNegotiate(7, "EX1"),
        new AttachCall.NegotiateStep(7, 0xffff_ffff, Weather with { Value = null, Signature = new byte[] { 1 } }, Minute),
        new AttachCall.NegotiateWait(7, 9, Minute),
        new AttachCall.EndNegotiate(7, 9, true, null),
        new AttachCall.EndNegotiate(7, 9, false, "sold out"),
        new AttachCall.SendInvalid(7, 9, new byte[] { 1, 2, 3 }),
        new AttachCall.Send(7, 9, new byte[] { 0xf6 }),
        new AttachCall.Receive(7, 9, Minute),
        new AttachCall.Synchronize(7, Weather, Peer with { Ttl = null }, Minute, true),
        new AttachCall.ListenSynchronize(7, Weather),
        new AttachCall.StopListenSynchronize(7, "EX2"),
        new AttachCall.Flood(7, -Minute, [new AttachFlood(Weather, Six, null), new AttachFlood(Weather, null, null)]),
        new AttachCall.GetFlood(7, "EX2"),
        new AttachCall.GetFlood(7, null),
        new AttachCall.WatchFloods(7, null, long.MaxValue),
        new AttachCall.WatchFloods(7, "EX2", 0),
        new AttachCall.ExpireFlood(7, "EX2", Six),
        new AttachCall.AwaitOperational(),
        new AttachCall.DumpAll(),
    ];

    private static readonly AttachMessage[] Messages =
    [
        new AttachMessage.Hello(1, "agent"),
        .. Calls.Select((c, i) => new AttachMessage.Call((uint)i, c)),
        new AttachMessage.Cancel(5),
        new AttachMessage.Cancelled(5),
        new AttachMessage.Bye("it stops"),
        new AttachMessage.Reply(1, new AttachReply(GraspError.ok)),
        new AttachMessage.Reply(2, new AttachReply(GraspError.declined)
        {
            Reason = "no",
            Asa = 7,
            Session = 0,
            Objective = Weather,
            Peer = Ipv6Address.Parse("fd89::1"),
            Locators = [Peer, Peer with { Locator = new FqdnLocator("x", TransportProtocol.Tcp, 1) }],
            Floods = [new AttachFlood(Weather, Six, Minute, (FloodSignatureStatus)1), new AttachFlood(Weather, null, null)],
            Next = 77,
            Item = new byte[] { 0x01 },
        }),
    ];

    [Fact]
    public void Every_message_comes_back_as_it_was_and_no_prefix_of_it_is_one()
    {
        foreach (var message in Messages)
        {
            var bytes = message.Encode();
            Assert.True(AttachMessage.TryDecode(bytes, AttachConstants.ReplyLimits, out var decoded, out var refusal), $"{message}: {refusal}");
            Assert.Equal(message, decoded);
            for (var length = 0; length < bytes.Length; length++)
            {
                Assert.False(AttachMessage.TryDecode(bytes.AsMemory(0, length), AttachConstants.ReplyLimits, out _, out refusal));
                Assert.Equal(AttachRefusal.Cbor, refusal);
            }
        }
    }

    [Fact]
    public void Every_function_is_among_them() => Assert.Equal(
        typeof(AttachCall).GetNestedTypes().Where(t => t.IsSubclassOf(typeof(AttachCall))).Select(t => t.Name).Order(),
        Calls.Select(c => c.GetType().Name).Distinct().Order());

    [Fact]
    public void The_forms_are_those_that_are_written_down()
    {
        Assert.Equal("9f00016161ff", Hex(new AttachMessage.Hello(1, "a")));
        Assert.Equal("9f0103120763455832ff", Hex(new AttachMessage.Call(3, new AttachCall.GetFlood(7, "EX2"))));
        Assert.Equal("9f010309070a1b0000000df8475800ff", Hex(new AttachMessage.Call(3, new AttachCall.NegotiateWait(7, 10, Minute))));
        Assert.Equal("9f0205ff", Hex(new AttachMessage.Cancel(5)));
        Assert.Equal("9f030501bf00626e6fffff", Hex(new AttachMessage.Reply(5, new AttachReply(GraspError.declined) { Reason = "no" })));

        static string Hex(AttachMessage message) => Convert.ToHexStringLower(message.Encode());
    }

    [Theory]
    [InlineData("00", AttachRefusal.Shape)]
    [InlineData("80", AttachRefusal.Shape)]
    [InlineData("816161", AttachRefusal.Shape)]
    [InlineData("8106", AttachRefusal.UnknownMessage)]
    [InlineData("83010017", AttachRefusal.UnknownFunction)]
    [InlineData("82010a", AttachRefusal.BadArgument)] // a call of nothing
    [InlineData("8301000a", AttachRefusal.BadArgument)] // a function without its arguments
    [InlineData("8400016161f6", AttachRefusal.BadArgument)] // more than there should be
    [InlineData("82021b0000000100000000", AttachRefusal.BadArgument)]
    [InlineData("8401001207", AttachRefusal.BadArgument)]
    [InlineData("850100140763455832", AttachRefusal.BadArgument)]
    [InlineData("8481818181818181818100", AttachRefusal.Cbor)]
    [InlineData("83015b7fffffffffffffff", AttachRefusal.Cbor)]
    [InlineData("0000", AttachRefusal.Cbor)]
    public void What_is_no_message_is_refused_and_counted(string hex, AttachRefusal expected)
    {
        Assert.False(AttachMessage.TryDecode(Convert.FromHexString(hex), AttachConstants.CallLimits, out var message, out var refusal));
        Assert.Equal(expected, refusal);
        Assert.Null(message);
    }

    [Fact]
    public void Answers_of_a_later_version_may_say_more()
    {
        var bytes = Convert.FromHexString("84030500a21863820102010a"); // [3, 5, 0, {99: [1, 2], 1: 10}]
        Assert.True(AttachMessage.TryDecode(bytes, AttachConstants.ReplyLimits, out var message, out var refusal), refusal.ToString());
        Assert.Equal(10u, Assert.IsType<AttachMessage.Reply>(message).Answer.Asa);
    }

    [Fact]
    public void Mutations_never_throw()
    {
        var random = new SeededRandom(8991);
        var encoded = Messages.Select(m => m.Encode()).ToList();
        var taken = 0;
        for (var n = 0; n < 100_000; n++)
        {
            var bytes = (byte[])encoded[random.Next(encoded.Count)].Clone();
            for (var flips = random.Next(4); flips >= 0; flips--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (!AttachMessage.TryDecode(bytes, AttachConstants.CallLimits, out var message, out var refusal))
            {
                Assert.NotEqual(AttachRefusal.None, refusal);
                continue;
            }
            taken++;
            Assert.True(AttachMessage.TryDecode(message.Encode(), AttachConstants.CallLimits, out var again, out _));
            Assert.Equal(message, again);
        }
        Assert.InRange(taken, 1000, 99_000);
    }
}
