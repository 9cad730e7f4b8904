using Acp.Core;
using Acp.Wire.Netlink;

namespace Acp.Tests.Netlink;

/// <summary>No bytes make a decoder throw or read beyond them; what is cut is refused.</summary>
public class RtnetlinkRobustnessTests
{
    public static TheoryData<string, int> Payloads => new()
    {
        { CapturedMessages.LinkLo, 16 },
        { CapturedMessages.LinkBridge, 16 },
        { CapturedMessages.LinkPort, 16 },
        { CapturedMessages.LinkMacvlan, 16 },
        { CapturedMessages.Address, 8 },
        { CapturedMessages.Route, 12 },
        { CapturedMessages.RuleMark, 12 },
        { CapturedMessages.RuleDrop, 12 },
    };

    [Theory]
    [MemberData(nameof(Payloads))]
    public void A_payload_cut_inside_an_attribute_is_refused(string hex, int fixedSize)
    {
        var whole = Convert.FromHexString(hex);

        // A payload has no length of its own: one that ends between two attributes is a shorter, whole one.
        var boundaries = new HashSet<int> { fixedSize };
        var at = fixedSize;
        while (at < whole.Length)
        {
            var length = BitConverter.ToUInt16(whole, at);
            for (var padded = at + length; padded <= at + ((length + 3) & ~3); padded++)
                boundaries.Add(padded);
            at += (length + 3) & ~3;
        }

        for (var length = 0; length < whole.Length; length++)
        {
            var decoded = DecodeAny(whole.AsSpan(0, length), fixedSize, out var refusal);
            if (!boundaries.Contains(length))
                Assert.False(decoded, $"{length} of {whole.Length} octets were taken for the whole");
            Assert.Equal(decoded, refusal == NetlinkRefusal.None);
        }

        Assert.True(DecodeAny(whole, fixedSize, out _));
    }

    [Theory]
    [InlineData(CapturedMessages.RequestMacvlan)]
    [InlineData(CapturedMessages.RequestRoute)]
    [InlineData(CapturedMessages.Refusal)]
    public void Every_prefix_of_a_whole_message_is_refused(string hex)
    {
        var whole = Convert.FromHexString(hex);
        for (var length = 1; length < whole.Length; length++)
        {
            var messages = new NetlinkMessages(whole.AsSpan(0, length));
            Assert.False(messages.TryNext(out _, out _));
            Assert.Equal(NetlinkRefusal.Truncated, messages.Refusal);
        }
    }

    [Theory]
    [InlineData(CapturedMessages.Refusal)]
    public void Every_prefix_of_an_acknowledgement_is_refused_or_shorter(string hex)
    {
        var whole = Convert.FromHexString(hex);
        var header = NetlinkHeader.Read(whole);
        var payload = whole.AsSpan(NetlinkHeader.Size);
        for (var length = 0; length < payload.Length; length++)
        {
            if (NetlinkError.TryDecode(header, payload[..length], out var error, out var refusal))
                Assert.Equal(22, error.Errno);
            else
                Assert.NotEqual(NetlinkRefusal.None, refusal);
        }
    }

    [Fact]
    public void Mutations_never_throw()
    {
        var random = new SeededRandom(177);
        foreach (var row in Payloads)
        {
            var (hex, fixedSize) = ((string)row[0], (int)row[1]);
            for (var i = 0; i < 3000; i++)
            {
                var bytes = Convert.FromHexString(hex);
                for (var hits = 1 + (i % 4); hits > 0; hits--)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                DecodeAny(bytes, fixedSize, out _);
                var messages = new NetlinkMessages(bytes);
                while (messages.TryNext(out var header, out var payload))
                {
                    NetlinkError.TryDecode(header with { Flags = NetlinkConstants.NLM_F_ACK_TLVS }, payload, out _, out _);
                    NetlinkError.TryDecodeDone(header with { Flags = NetlinkConstants.NLM_F_ACK_TLVS }, payload, out _, out _);
                    NsidMessage.TryDecode(payload, out _, out _);
                }
            }
        }
    }

    private static bool DecodeAny(ReadOnlySpan<byte> payload, int fixedSize, out NetlinkRefusal refusal) => fixedSize switch
    {
        16 => LinkMessage.TryDecode(payload, out _, out refusal),
        8 => AddressMessage.TryDecode(payload, out _, out refusal),
        _ => DecodeRouteOrRule(payload, out refusal),
    };

    /// <summary>Both, since their fixed parts look alike; they must agree on where the bytes end.</summary>
    private static bool DecodeRouteOrRule(ReadOnlySpan<byte> payload, out NetlinkRefusal refusal)
    {
        var rule = RuleMessage.TryDecode(payload, out _, out var ruleRefusal);
        var route = RouteMessage.TryDecode(payload, out _, out refusal);
        if (route)
            return true;
        refusal = rule ? NetlinkRefusal.None : ruleRefusal;
        return rule;
    }
}
