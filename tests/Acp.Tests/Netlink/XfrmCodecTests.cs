using System.Runtime.InteropServices;
using Acp.Wire;
using Acp.Wire.Netlink;

namespace Acp.Tests.Netlink;

public class XfrmCodecTests
{
    private static readonly XfrmStateMessage State = new(
        Ipv6Address.Parse("fe80::a1"),
        Ipv6Address.Parse("fe80::b"),
        Spi: 0x1002,
        RequestId: 0xac000001,
        IfId: 0xac000001,
        OutputMark: 0xac000002,
        ExtendedSequenceNumbers: true,
        ReplayWindow: 128,
        XfrmLifetime.Unlimited);

    private static byte[] Key => [.. Enumerable.Range(0, 36).Select(i => (byte)i)];

    [Fact]
    public void A_state_is_added_with_the_octets_of_ip_xfrm()
    {
        var request = XfrmRequests.AddState(State, Xfrm.AesGcmName, Key, 128);
        Assert.Equal(XfrmVectors.Get("add-state"), Payload(request));
        Assert.Equal(Xfrm.XFRM_MSG_NEWSA, request.Type);
    }

    [Fact]
    public void A_state_without_ESN_and_mark_has_neither()
    {
        var payload = Payload(XfrmRequests.AddState(
            State with { ExtendedSequenceNumbers = false, OutputMark = 0, Lifetime = new XfrmLifetime(5, 6, 7, 8) },
            Xfrm.ChaCha20Poly1305Name,
            Key,
            128));
        Assert.True(XfrmStateMessage.TryDecode(payload, out var decoded, out _));
        Assert.Equal((false, 0u, 128u), (decoded.ExtendedSequenceNumbers, decoded.OutputMark, decoded.ReplayWindow));
        Assert.Equal(new XfrmLifetime(5, 6, 7, 8), decoded.Lifetime);
        Assert.Equal(0, payload[216]);
    }

    [Fact]
    public void E22_a_sent_request_can_be_wiped_and_never_grew()
    {
        var request = XfrmRequests.AddState(State, Xfrm.AesGcmName, Key, 128);
        var sent = request.Build(1);
        Assert.True(sent.IndexOf(Key) > 0);
        request.Wipe();
        Assert.Equal(-1, sent.IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void A_policy_is_added_with_the_octets_of_ip_xfrm() => Assert.Equal(
        XfrmVectors.Get("add-policy"),
        Payload(XfrmRequests.AddPolicy(
            Xfrm.XFRM_POLICY_FWD, 0xac000001, 0xac000001, Ipv6Address.Parse("fe80::b"), Ipv6Address.Parse("fe80::a1"))));

    [Fact]
    public void A_policy_is_deleted_with_the_octets_of_ip_xfrm() =>
        Assert.Equal(XfrmVectors.Get("delete-policy"), Payload(XfrmRequests.DeletePolicy(Xfrm.XFRM_POLICY_FWD, 0xac000001)));

    [Theory]
    [InlineData("get-state")]
    [InlineData("delete-state")]
    public void A_state_is_named_with_the_octets_of_ip_xfrm(string vector)
    {
        // iproute2 adds XFRMA_SRCADDR ::, which only other protocols' states need.
        var request = vector == "get-state"
            ? XfrmRequests.GetState(State.Destination, State.Spi)
            : XfrmRequests.DeleteState(State.Destination, State.Spi);
        Assert.Equal(XfrmVectors.Get(vector)[..24], Payload(request));
    }

    [Fact]
    public void The_kernels_description_of_a_state_reads_as_what_was_added()
    {
        Assert.True(XfrmStateMessage.TryDecode(XfrmVectors.Get("state"), out var decoded, out var refusal));
        Assert.Equal(NetlinkRefusal.None, refusal);
        Assert.Equal(State, decoded);
        Assert.DoesNotContain("00, 01", decoded.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void E24_counters_are_read_from_their_places()
    {
        var payload = XfrmVectors.Get("state");
        MemoryMarshal.Write(payload.AsSpan(160), 0x1_0000_0001UL);
        MemoryMarshal.Write(payload.AsSpan(168), 7UL);
        MemoryMarshal.Write(payload.AsSpan(196), 3u);
        MemoryMarshal.Write(payload.AsSpan(200), 4u);
        Assert.True(XfrmStateMessage.TryDecode(payload, out var decoded, out _));
        Assert.Equal((0x1_0000_0001UL, 7UL, 3u, 4u), (decoded.Octets, decoded.Packets, decoded.Replays, decoded.IntegrityFailures));
    }

    [Fact]
    public void The_kernels_description_of_a_policy()
    {
        Assert.True(XfrmPolicyMessage.TryDecode(XfrmVectors.Get("policy"), out var policy, out _));
        Assert.Equal((Xfrm.XFRM_POLICY_FWD, 0xac000001u), (policy.Direction, policy.IfId));
        Assert.NotEqual(0u, policy.Index);
        var delete = Payload(XfrmRequests.DeletePolicy(policy));
        Assert.Equal(policy.Index, MemoryMarshal.Read<uint>(delete.AsSpan(56)));
        Assert.Equal(policy.Direction, delete[60]);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void E10_an_expiry_says_which_state_and_how_hard(byte hard, bool expected)
    {
        byte[] payload = [.. XfrmVectors.Get("state")[..224], hard, 0, 0, 0, 0, 0, 0, 0];
        Assert.True(XfrmExpireMessage.TryDecode(payload, out var expiry, out _));
        Assert.Equal(new XfrmExpireMessage(State.Destination, State.Spi, expected), expiry);
        for (var length = 0; length < payload.Length; length++)
            Assert.False(XfrmExpireMessage.TryDecode(payload.AsSpan(0, length), out _, out _));
    }

    [Fact]
    public void States_of_other_families_and_protocols_are_other_peoples()
    {
        var ipv4 = XfrmVectors.Get("state");
        ipv4[212] = 2;
        Assert.False(XfrmStateMessage.TryDecode(ipv4, out _, out var refusal));
        Assert.Equal(NetlinkRefusal.OtherFamily, refusal);
        var ah = XfrmVectors.Get("state");
        ah[76] = 51;
        Assert.False(XfrmStateMessage.TryDecode(ah, out _, out refusal));
        Assert.Equal(NetlinkRefusal.OtherFamily, refusal);
    }

    [Fact]
    public void Truncated_states_and_policies_are_refused_unless_cut_between_attributes()
    {
        Check("state", XfrmStateMessage.FixedSize, bytes => XfrmStateMessage.TryDecode(bytes, out _, out _));
        Check("policy", XfrmPolicyMessage.FixedSize, bytes => XfrmPolicyMessage.TryDecode(bytes, out _, out _));

        static void Check(string vector, int fixedSize, Func<byte[], bool> decodes)
        {
            var whole = XfrmVectors.Get(vector);
            var ends = AttributeEnds(whole, fixedSize);
            for (var length = 0; length < whole.Length; length++)
                Assert.Equal(ends.Contains(length), decodes(whole[..length]));
        }
    }

    [Fact]
    public void Mutations_never_throw()
    {
        var random = new Random(8994);
        for (var round = 0; round < 20_000; round++)
        {
            var payload = XfrmVectors.Get(round % 2 == 0 ? "state" : "policy");
            for (var changes = random.Next(1, 6); changes > 0; changes--)
                payload[random.Next(payload.Length)] = (byte)random.Next(256);
            var cut = payload.AsSpan(0, random.Next(payload.Length + 1));
            XfrmStateMessage.TryDecode(cut, out _, out _);
            XfrmPolicyMessage.TryDecode(cut, out _, out _);
            XfrmExpireMessage.TryDecode(cut, out _, out _);
        }
    }

    [Fact]
    public void An_xfrm_interface_is_recognised_by_its_if_id()
    {
        // The answer to a dump holds the same link information as the request that makes the interface.
        var request = Payload(XfrmRequests.CreateInterface("acp_x", 5, 0xac000007, 1426));
        Assert.True(LinkMessage.TryDecode(request, out var link, out _));
        Assert.Equal(("acp_x", "xfrm", 0xac000007u, 1426), (link.Name, link.Kind, link.XfrmIfId, link.Mtu));
        for (var length = 16; length < request.Length; length++)
            LinkMessage.TryDecode(request.AsSpan(0, length), out _, out _);
    }

    private static byte[] Payload(NetlinkMessageBuilder request) => request.Build(1)[NetlinkHeader.Size..].ToArray();

    /// <summary>Where a message may end without anything being cut: behind the fixed part and each attribute.</summary>
    private static HashSet<int> AttributeEnds(byte[] message, int start)
    {
        var ends = new HashSet<int> { start };
        while (start < message.Length)
        {
            int length = MemoryMarshal.Read<ushort>(message.AsSpan(start));
            for (var end = start + length; end <= start + ((length + 3) & ~3); end++)
                ends.Add(end);
            start += (length + 3) & ~3;
        }

        return ends;
    }
}
