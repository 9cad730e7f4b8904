using Acp.Core;
using Acp.Daemon.Decode;
using Acp.Tests.Grasp;
using Acp.Tests.Ikev2;
using Acp.Tests.Rpl;
using Acp.Wire;
using Acp.Wire.Grasp;
using Acp.Wire.Rpl;

namespace Acp.Tests.Decode;

/// <summary>Messages in words, and refused ones with their place.</summary>
public class DecodeTests
{
    [Fact]
    public void Every_GRASP_vector_is_named_without_being_told_what_it_is()
    {
        foreach (var (type, bytes) in GraspyVectors.All)
        {
            var report = Assert.Single(OctetGuess.Decode(bytes, DecodedProtocol.Auto));
            Assert.Null(report.Refusal);
            Assert.Equal($"M_{type}", report.Message);
            Assert.Equal(type is "NOOP" or "END" or "WAIT" or "INVALID", report.Parts!.Count == 0 || report.Parts[0].Payload == "content");
        }
    }

    [Fact]
    public void Every_RPL_vector_is_named_without_being_told_what_it_is()
    {
        foreach (var vector in RplVector.All)
        {
            var report = Assert.Single(OctetGuess.Decode(vector.Icmpv6, DecodedProtocol.Auto));
            Assert.Equal("RPL", report.Protocol);
            Assert.Equal(RplCodec.TryDecode(vector.Icmpv6, out _, out _), report.Refusal is null);
        }
    }

    [Fact]
    public void IKE_messages_are_told_by_payload()
    {
        var init = Assert.Single(OctetGuess.Decode(IkeVectors.Init, DecodedProtocol.Auto));
        Assert.Equal(("IKEv2", "IKE_SA_INIT request"), (init.Protocol, init.Message));
        Assert.Equal(["SA", "KE", "Nonce", "N", "N", "V"], init.Parts!.Select(p => p.Payload));
        Assert.Contains("AES_GCM_16_256", init.Parts![0].Details[0], StringComparison.Ordinal);

        var auth = Assert.Single(OctetGuess.Decode(IkeVectors.Encrypted, DecodedProtocol.Auto));
        Assert.True(auth.Encrypted);
        Assert.Equal("40 octets encrypted, IDi first", Assert.Single(auth.Parts!).Text);
        Assert.Equal(auth.Parts!, Assert.Single(OctetGuess.Decode((byte[])[0, 0, 0, 0, .. IkeVectors.Encrypted], DecodedProtocol.Auto)).Parts!, SameText);
        Assert.Equal("fragment 1 of 3, 40 octets encrypted, IDi first", Assert.Single(OctetGuess.Decode(IkeVectors.Fragment, DecodedProtocol.Auto)).Parts![0].Text);
    }

    [Fact]
    public void A_DULL_flood_says_so_and_what_its_AN_ACP_means()
    {
        var flood = new FloodMessage(0x3fa82b11, Ipv6Address.Parse("fe80::1"), TimeSpan.FromSeconds(210),
            [new FloodEntry(new AnAcpObjective("IKEv2").ToObjective(), new Ipv6Locator(Ipv6Address.Parse("fe80::1"), TransportProtocol.Udp, 500))]);
        Assert.Equal(
            [
                "DULL GRASP M_FLOOD, 70 octets: session 3fa82b11 of fe80::1, good for 210 s",
                "    objective AN_ACP [F_SYNCH] loop count 1: \"IKEv2\"",
                "              secure channel by IKEv2",
                "    locator   [fe80::1]:500 UDP",
            ],
            DecodeText.Lines(Assert.Single(OctetGuess.Decode(flood.Encode(), DecodedProtocol.Auto))));
    }

    [Theory]
    [InlineData("8502", 2, null, "Truncated")]
    [InlineData("84011a4c80a18c41ff84613a0506f6", 7, "element 2", "BadInitiator")]
    [InlineData("84011a4c80a18c44c0000201846130f9000606f6", 12, "element 3", "BadObjective")]
    [InlineData("83011a4c80a18c44c0000201", 12, null, "MissingObjective")]
    [InlineData("a0", 0, null, "NotAMessage")]
    [InlineData("8200", 2, null, "Truncated")]
    [InlineData("8101", 2, null, "BadSessionId")]
    [InlineData("8118c8", 1, "element 0", "UnknownMessageType")]
    [InlineData("9a00010000", 4, null, "OverLimits")]
    [InlineData("82061c", 2, null, "MalformedCbor")]
    public void A_refused_GRASP_message_tells_the_octet(string hex, int at, string? part, string refusal)
    {
        var report = OctetGuess.Decode(Convert.FromHexString(hex), DecodedProtocol.Grasp)[^1];
        Assert.True(report.Refusal is not null, report.Text);
        Assert.Equal((refusal, at, part), (report.Refusal, report.RefusedAt ?? -1, report.RefusedPart));
    }

    [Fact]
    public void A_refused_IKE_message_tells_the_payload()
    {
        var bytes = (byte[])IkeVectors.Init.Clone();
        bytes[28 + 84 + 3] = 3; // the KE payload's length
        Assert.Equal(("PayloadLength", 112, "payload KE"), Place(MessageDecoder.Ike(bytes)));
        bytes = (byte[])IkeVectors.Init.Clone();
        bytes[28 + 4 + 2] = 0; // the first proposal's length
        bytes[28 + 4 + 3] = 5;
        Assert.Equal(("Proposal", 28, "payload SA"), Place(MessageDecoder.Ike(bytes)));
        Assert.Equal(("LengthMismatch", 24, "the header's length"), Place(MessageDecoder.Ike(IkeVectors.Init.AsSpan(0, 100))));
        Assert.Equal(("TooShort", 20, "the header"), Place(MessageDecoder.Ike(IkeVectors.Init.AsSpan(0, 20))));
    }

    [Fact]
    public void A_refused_RPL_message_tells_the_option()
    {
        byte[] dis = [155, 0, 0, 0, 0, 0, 0, 5, 1, 9];
        Assert.Equal(("BadOptionLength", 7, "option 5"), Place(MessageDecoder.Rpl(dis)));
        byte[] cut = [155, 0, 0, 0, 0, 0, 0, 5, 40, 9];
        Assert.Equal(("TruncatedOption", 7, "option 5"), Place(MessageDecoder.Rpl(cut)));
        Assert.Equal(("UnknownCode", 1, "the ICMPv6 code"), Place(MessageDecoder.Rpl([155, 9, 0, 0])));
    }

    [Fact]
    public void Nothing_at_all_throws()
    {
        var random = new SeededRandom(11);
        byte[][] seeds = [.. GraspyVectors.All.Select(v => v.Message), .. RplVector.All.Select(v => v.Icmpv6), IkeVectors.Init, IkeVectors.Encrypted, IkeVectors.Fragment,
            Packets.Ethernet(Packets.Ipv6(17, Packets.Udp(7017, 7017, GraspyVectors.All[1].Message))), Packets.Ipv6(6, Packets.Tcp(7017, 9, 1, GraspyVectors.All[1].Message))];
        var protocols = Enum.GetValues<DecodedProtocol>();
        var refused = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = (byte[])seeds[random.Next(seeds.Length)].Clone();
            for (var i = random.Next(4); i >= 0 && bytes.Length > 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            foreach (var report in OctetGuess.Decode(bytes.AsMemory(0, random.Next(bytes.Length + 1)), protocols[round % protocols.Length]))
            {
                refused += report.Refusal is null ? 0 : 1;
                Assert.DoesNotContain(DecodeText.Lines(report), line => line.Any(char.IsControl));
                Assert.True(report.RefusedAt is null or >= 0);
            }
        }

        Assert.True(refused > 1000);
    }

    private static bool SameText(Acp.Daemon.Control.PayloadReport a, Acp.Daemon.Control.PayloadReport b) => a.Text == b.Text;

    private static (string?, int, string?) Place(DecodeReport report) => (report.Refusal, report.RefusedAt ?? -1, report.RefusedPart);
}
