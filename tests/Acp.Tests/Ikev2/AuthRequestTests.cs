using Acp.Core.Ikev2;
using Acp.Wire;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>What B says, under protection, to an initiator that is good or bad in one respect.</summary>
public sealed class AuthRequestTests : IDisposable
{
    private readonly IkeWorld _world = new();
    private readonly RawInitiator _peer;

    public AuthRequestTests() => _peer = new RawInitiator(_world);

    [Fact]
    public void D27_D30_D33_D34_D36_the_answer_to_a_good_request()
    {
        var request = _peer.Auth();
        // D-34: asking for transport mode changes nothing; D-38: neither do CP and EAP-only notifies.
        request.Add(new NotifyPayload(NotifyType.UseTransportMode));
        request.Add(new NotifyPayload((NotifyType)16417));
        request.Add(new OpaquePayload(PayloadType.Configuration, true, new byte[] { 1, 0, 0, 0 }));
        var answer = _peer.Ask(ExchangeType.IkeAuth, 1, request)!;
        Assert.Equal(
            [PayloadType.IdResponder, PayloadType.Certificate, PayloadType.Certificate, PayloadType.Authentication,
                PayloadType.SecurityAssociation, PayloadType.TrafficSelectorInitiator, PayloadType.TrafficSelectorResponder],
            answer.Select(p => p.Type));
        var id = (IdPayload)answer[0];
        Assert.Equal(IdType.Ipv6Address, id.IdType);
        Assert.Equal(_world.B.Authenticator.Address, Ipv6Address.Read(id.Data.Span));
        Assert.Equal(_world.B.Authenticator.Certificate, ((CertPayload)answer[1]).Data.ToArray());
        Assert.Equal(TestAuthenticator.TrustAnchor, ((CertPayload)answer[2]).Data.ToArray());
        Assert.Equal(AuthMethod.DigitalSignature, ((AuthPayload)answer[3]).Method);
        var esp = Assert.Single(((SaPayload)answer[4]).Proposals);
        Assert.Equal(4, esp.Spi.Length);
        Assert.Equal([(TransformType.Encryption, (ushort)20), (TransformType.ExtendedSequenceNumbers, (ushort)0)],
            esp.Transforms.Select(t => (t.Type, t.Id)));
        Assert.Equal(TrafficSelector.AnyIpv6, Assert.Single(((TsPayload)answer[5]).Selectors));
        Assert.Equal(TrafficSelector.AnyIpv6, Assert.Single(((TsPayload)answer[6]).Selectors));
        Assert.Single(_world.B.Children);
    }

    [Fact]
    public void D33_other_selectors_are_unacceptable()
    {
        var request = _peer.Auth();
        request[5] = TsPayload.Create(true, TrafficSelector.AnyIpv6 with { EndAddress = Ipv6Address.Parse("fd89::") });
        AssertChildless(request, NotifyType.TsUnacceptable);
    }

    [Theory]
    [InlineData(2, 20, 256)]
    [InlineData(3, 11, 0)]
    [InlineData(3, 20, 128)]
    [InlineData(3, 20, 0)]
    [InlineData(3, 12, 256)]
    public void D51_weak_or_foreign_child_sas_are_refused(byte protocol, ushort encryption, int bits)
    {
        var request = _peer.Auth();
        request[4] = RawInitiator.Esp(protocol, new Transform(TransformType.Encryption, encryption, bits == 0 ? null : (ushort)bits));
        AssertChildless(request, NotifyType.NoProposalChosen);
    }

    [Fact]
    public void D38_no_auth_payload_asks_for_eap_and_fails()
    {
        var request = _peer.Auth();
        request.RemoveAt(3);
        AssertRefused(request, NotifyType.AuthenticationFailed);
    }

    [Theory]
    [InlineData(AuthMethod.SharedKeyMic)]
    [InlineData(AuthMethod.EcdsaSha256P256)]
    public void D02_D21_other_methods_fail(AuthMethod method)
    {
        var request = _peer.Auth();
        request[3] = new AuthPayload(method, new byte[64]);
        AssertRefused(request, NotifyType.AuthenticationFailed);
    }

    [Fact]
    public void D28_an_id_that_is_not_the_certificates_fails()
    {
        var request = _peer.Auth();
        request[0] = IdPayload.FromAddress(true, Ipv6Address.Parse("fd89::1"));
        AssertRefused(request, NotifyType.AuthenticationFailed);
    }

    [Fact]
    public void D26_the_signature_covers_the_id()
    {
        var request = _peer.Auth();
        var data = ((AuthPayload)request[3]).Data.ToArray();
        data[^3] ^= 4;
        request[3] = new AuthPayload(AuthMethod.DigitalSignature, data);
        AssertRefused(request, NotifyType.AuthenticationFailed);
    }

    [Fact]
    public void D06_critical_payload_inside_is_named()
    {
        var request = _peer.Auth();
        request.Add(new OpaquePayload((PayloadType)201, true, default));
        var answer = Assert.IsType<NotifyPayload>(Assert.Single(_peer.Ask(ExchangeType.IkeAuth, 1, request)!));
        Assert.Equal(NotifyType.UnsupportedCriticalPayload, answer.Notify);
        Assert.Equal([201], answer.Data.ToArray());
        Assert.Empty(_world.B.Machine.Status);
    }

    [Fact]
    public void D48_malformed_and_protected_is_invalid_syntax_and_the_end()
    {
        Assert.NotNull(_peer.Ask(ExchangeType.IkeAuth, 1, _peer.Auth()));
        Assert.Single(_world.B.Channels);
        var answer = _peer.AskRaw(ExchangeType.Informational, 2, PayloadType.Delete, [0, 0, 0, 9, 3, 4, 0, 1, 7])!;
        Assert.Equal(NotifyType.InvalidSyntax, ((NotifyPayload)Assert.Single(answer)).Notify);
        Assert.Empty(_world.B.Channels);
        Assert.Empty(_world.B.Machine.Status);
    }

    [Fact]
    public void D09_message_ids_outside_the_window_are_ignored()
    {
        Assert.Null(_peer.Ask(ExchangeType.IkeAuth, 2, _peer.Auth()));
        Assert.NotNull(_peer.Ask(ExchangeType.IkeAuth, 1, _peer.Auth()));
        Assert.Null(_peer.Ask(ExchangeType.Informational, 3));
        Assert.Null(_peer.Ask(ExchangeType.Informational, 0));
        Assert.Empty(_peer.Ask(ExchangeType.Informational, 2)!);
    }

    [Fact]
    public void D43_D51_create_child_sa_refusals()
    {
        Assert.NotNull(_peer.Ask(ExchangeType.IkeAuth, 1, _peer.Auth()));
        var sa = RawInitiator.Esp(3, new Transform(TransformType.Encryption, 20, 256));
        var nonce = new NoncePayload(new byte[32]);
        var (tsi, tsr) = (TsPayload.Create(true, TrafficSelector.AnyIpv6), TsPayload.Create(false, TrafficSelector.AnyIpv6));
        AssertError(NotifyType.NoAdditionalSas, _peer.Ask(ExchangeType.CreateChildSa, 2, sa, nonce, tsi, tsr));
        var unknown = new NotifyPayload(ProtocolId.Esp, new byte[] { 1, 2, 3, 4 }, NotifyType.RekeySa, default);
        var answer = _peer.Ask(ExchangeType.CreateChildSa, 3, unknown, sa, nonce, tsi, tsr);
        AssertError(NotifyType.ChildSaNotFound, answer);
        Assert.Equal([1, 2, 3, 4], ((NotifyPayload)answer![0]).Spi.ToArray());
        AssertError(NotifyType.InvalidSyntax, _peer.Ask(ExchangeType.CreateChildSa, 4, sa, tsi, tsr));
        Assert.Single(_world.B.Channels);
    }

    [Fact]
    public void D46_deleting_the_child_is_answered_with_our_own_spi()
    {
        Assert.NotNull(_peer.Ask(ExchangeType.IkeAuth, 1, _peer.Auth()));
        var spi = _world.B.Children.Keys.Single();
        var answer = _peer.Ask(ExchangeType.Informational, 2, DeletePayload.Esp(0xabcdef01, 0x01020304))!;
        Assert.Equal([spi], ((DeletePayload)Assert.Single(answer)).Spis);
        Assert.Empty(_world.B.Children);
        // A channel that can carry nothing is closed at once, and its IKE SA after it.
        Assert.True(Assert.Single(_world.B.Actions.OfType<Ikev2Action.ChannelClosed>()).ByPeerDelete);
        Assert.Equal(1, _world.B.Machine.ClosingCount);
    }

    public void Dispose()
    {
        _peer.Dispose();
        _world.Dispose();
    }

    private static void AssertError(NotifyType expected, IReadOnlyList<IkePayload>? answer) =>
        Assert.Equal(expected, Assert.IsType<NotifyPayload>(Assert.Single(answer!)).Notify);

    private void AssertRefused(IReadOnlyList<IkePayload> request, NotifyType expected)
    {
        // D-47: the notify and nothing else.
        var answer = _peer.Ask(ExchangeType.IkeAuth, 1, request);
        AssertError(expected, answer);
        Assert.Empty(((NotifyPayload)answer![0]).Data.ToArray());
        Assert.Empty(_world.B.Channels);
        Assert.Empty(_world.B.Machine.Status);
        Assert.Contains(_world.B.Facts, f => f is Ikev2Fact.PeerRefused);
    }

    private void AssertChildless(IReadOnlyList<IkePayload> request, NotifyType expected)
    {
        var answer = _peer.Ask(ExchangeType.IkeAuth, 1, request)!;
        Assert.Contains(answer, p => p is AuthPayload);
        Assert.Contains(answer, p => p is NotifyPayload n && n.Notify == expected);
        Assert.DoesNotContain(answer, p => p is SaPayload);
        Assert.Empty(_world.B.Channels);
        Assert.Equal(IkeSaState.Established, _world.B.Machine.Status.Single().State);
        _world.Run(60);
        Assert.Empty(_world.B.Machine.Status);
    }
}
