using System.Buffers.Binary;
using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Linux.Crypto;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>Requests of an authenticated peer that cannot be met: each gets its notify, and the channel goes on.</summary>
public sealed class RequestRefusalTests : IDisposable
{
    private static readonly NoncePayload Nonce = new(new byte[32]);
    private static readonly TsPayload Tsi = TsPayload.Create(true, TrafficSelector.AnyIpv6);
    private static readonly TsPayload Tsr = TsPayload.Create(false, TrafficSelector.AnyIpv6);
    private readonly IkeWorld _world = new();
    private readonly RawInitiator _peer;
    private readonly PlatformIkeCrypto _crypto = new();

    public RequestRefusalTests() => _peer = new RawInitiator(_world);

    public static TheoryData<string, NotifyType> IkeRekeys => new()
    {
        { "no KE", NotifyType.InvalidSyntax },
        { "no SPI", NotifyType.NoProposalChosen },
        { "zero SPI", NotifyType.NoProposalChosen },
        { "weak", NotifyType.NoProposalChosen },
        { "another group", NotifyType.InvalidKePayload },
        { "off the curve", NotifyType.InvalidSyntax },
    };

    public static TheoryData<string, NotifyType> ChildRekeys => new()
    {
        { "no TS", NotifyType.InvalidSyntax },
        { "narrow TS", NotifyType.TsUnacceptable },
        { "weak", NotifyType.NoProposalChosen },
        { "weak group", NotifyType.NoProposalChosen },
        { "no KE", NotifyType.InvalidKePayload },
        { "another group", NotifyType.InvalidKePayload },
        { "off the curve", NotifyType.InvalidSyntax },
    };

    [Theory]
    [MemberData(nameof(IkeRekeys))]
    public void D12_D13_D40_an_ike_rekey_that_cannot_be_met(string what, NotifyType expected)
    {
        Connect();
        var spi = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(spi, what == "zero SPI" ? 0ul : 77);
        var sa = new SaPayload([new Proposal(1, ProtocolId.Ike, what == "no SPI" ? default(ReadOnlyMemory<byte>) : spi,
        [
            new Transform(TransformType.Encryption, 20, what == "weak" ? (ushort)128 : (ushort)256), new Transform(TransformType.Prf, 5),
            new Transform(TransformType.KeyExchange, 19),
        ])]);
        IkePayload[] request = what == "no KE" ? [sa, Nonce] : [sa, Nonce, Ke(what)];
        AssertRefused(request, expected);
        if (expected == NotifyType.InvalidKePayload)
            Assert.Equal([0, 19], ((NotifyPayload)_peer.Ask(ExchangeType.CreateChildSa, 3, request)![0]).Data.ToArray());
    }

    [Theory]
    [MemberData(nameof(ChildRekeys))]
    public void D12_D33_D41_D51_a_child_rekey_that_cannot_be_met(string what, NotifyType expected)
    {
        Connect();
        var spi = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(spi, 0xabcdef01);
        var rekey = new NotifyPayload(ProtocolId.Esp, spi, NotifyType.RekeySa, default);
        var sa = new SaPayload([new Proposal(1, ProtocolId.Esp, new byte[] { 9, 9, 9, 9 },
        [
            new Transform(TransformType.Encryption, 20, what == "weak" ? (ushort)128 : (ushort)256),
            new Transform(TransformType.KeyExchange, what == "weak group" ? (ushort)2 : (ushort)19),
            new Transform(TransformType.ExtendedSequenceNumbers, 0),
        ])]);
        var narrow = new TrafficSelector(TrafficSelector.AnyIpv6.Type, 17, TrafficSelector.AnyIpv6.StartPort, TrafficSelector.AnyIpv6.EndPort,
            TrafficSelector.AnyIpv6.StartAddress, TrafficSelector.AnyIpv6.EndAddress);
        List<IkePayload> request = [rekey, sa, Nonce];
        if (what != "no KE")
            request.Add(Ke(what));
        if (what != "no TS")
            request.AddRange(what == "narrow TS" ? [TsPayload.Create(true, narrow), TsPayload.Create(false, narrow)] : [Tsi, Tsr]);
        AssertRefused(request, expected);
    }

    [Fact]
    public void D05_an_exchange_that_there_is_not_is_refused()
    {
        Connect();
        Assert.Equal(NotifyType.InvalidSyntax, ((NotifyPayload)Assert.Single(_peer.Ask((ExchangeType)43, 2)!)).Notify);
        Assert.Single(_world.B.Channels);
    }

    [Theory]
    [InlineData("no ID", NotifyType.InvalidSyntax)]
    [InlineData("no TS", NotifyType.InvalidSyntax)]
    [InlineData("empty AUTH", NotifyType.AuthenticationFailed)]
    public void D05_D21_D33_an_incomplete_ike_auth_is_refused(string what, NotifyType expected)
    {
        var auth = _peer.Auth();
        switch (what)
        {
            case "no ID":
                auth.RemoveAll(p => p is IdPayload);
                break;
            case "no TS":
                auth.RemoveAll(p => p is TsPayload);
                break;
            default:
                auth[auth.FindIndex(p => p is AuthPayload)] = new AuthPayload(AuthMethod.DigitalSignature, new byte[] { 0 });
                break;
        }

        Assert.Equal(expected, ((NotifyPayload)Assert.Single(_peer.Ask(ExchangeType.IkeAuth, 1, auth)!)).Notify);
        Assert.Empty(_world.B.Channels);
    }

    /// <summary>Types 6 to 12 (RFC 9370): understood as something we cannot do, so that the next proposal without them is taken.</summary>
    [Theory]
    [InlineData(6)]
    [InlineData(12)]
    [InlineData(200)]
    public void D13_proposals_with_additional_key_exchanges_are_passed_over(byte type)
    {
        List<Transform> plain = [new(TransformType.Encryption, 20, 256), new(TransformType.Prf, 5), new(TransformType.KeyExchange, 19)];
        var more = new Proposal(1, ProtocolId.Ike, default, [.. plain, new Transform((TransformType)type, 36)]);
        var selector = new ProposalSelector(new Ikev2Options(), _crypto);
        Assert.False(selector.TryChooseIke(new SaPayload([more]), DhGroup.Ecp256, out _, out _));
        Assert.True(selector.TryChooseIke(new SaPayload([more, new Proposal(2, ProtocolId.Ike, default, plain)]), DhGroup.Ecp256, out _, out var chosen));
        Assert.Equal(2, chosen!.Number);
    }

    /// <summary>What is printed has names and lengths, never a key (E-22).</summary>
    [Fact]
    public void E22_actions_print_their_spis_and_no_keys()
    {
        using var world = new IkeWorld(new Ikev2Options { RevealKeys = true });
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(1);
        var text = string.Join('\n', world.A.Actions.Select(a => a.ToString()));
        foreach (var spi in world.A.Children.Keys)
            Assert.Contains($"{spi:x8}", text, StringComparison.Ordinal);
        foreach (var reveal in world.A.Actions.OfType<Ikev2Action.RevealIkeKeys>())
        {
            Assert.DoesNotContain(Convert.ToHexString(reveal.SkEi.Span), text, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("RevealIkeKeys", reveal.ToString(), StringComparison.Ordinal);
            reveal.Dispose();
            Assert.True(reveal.SkEr.IsDisposed);
        }

        Assert.Equal("req7", new RequestId(7).ToString());
        Assert.Contains("SendDatagram", text, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _peer.Dispose();
        _world.Dispose();
    }

    private void Connect() => Assert.Contains(_peer.Ask(ExchangeType.IkeAuth, 1, _peer.Auth())!, p => p is AuthPayload);

    private void AssertRefused(IReadOnlyList<IkePayload> request, NotifyType expected)
    {
        var before = _world.B.Children.Keys.ToList();
        var answer = _peer.Ask(ExchangeType.CreateChildSa, 2, request);
        Assert.Equal(expected, Assert.IsType<NotifyPayload>(Assert.Single(answer!)).Notify);
        Assert.Equal(before, _world.B.Children.Keys);
        Assert.Single(_world.B.Machine.Status);
    }

    private KePayload Ke(string what)
    {
        if (what == "off the curve")
            return new KePayload(DhGroup.Ecp256, new byte[64]);
        var group = what == "another group" ? DhGroup.Ecp384 : DhGroup.Ecp256;
        using var exchange = _crypto.CreateKeyExchange(group);
        return new KePayload(group, exchange.PublicValue.ToArray());
    }
}
