using Acp.Core.Ikev2;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>What may come back for our IKE_SA_INIT, from the peer or from anybody on the link.</summary>
public class InitAnswerTests
{
    /// <summary>Errors that end the attempt, each with its own name.</summary>
    [Theory]
    [InlineData(NotifyType.NoProposalChosen, null, InitiationFailure.NoProposalChosen)]
    [InlineData(NotifyType.InvalidMajorVersion, null, InitiationFailure.Version)]
    [InlineData(NotifyType.InvalidSyntax, null, InitiationFailure.Protocol)]
    [InlineData(NotifyType.InvalidKePayload, "0002", InitiationFailure.KeyExchangeGroup)] // 1024-bit MODP
    [InlineData(NotifyType.InvalidKePayload, "0016", InitiationFailure.KeyExchangeGroup)] // group 22
    [InlineData(NotifyType.InvalidKePayload, "00", InitiationFailure.Protocol)]
    public void D12_D13_D15_an_error_ends_the_attempt_by_its_name(NotifyType notify, string? data, InitiationFailure reason)
    {
        using var world = Answered(_ => [new NotifyPayload(notify, Convert.FromHexString(data ?? ""))]);
        Assert.Equal(reason, Assert.Single(world.A.Actions.OfType<Ikev2Action.InitiationFailed>()).Reason);
        Assert.Empty(world.A.Machine.Status);
    }

    [Fact]
    public void D12_a_peer_that_wants_one_group_after_the_other_is_given_up()
    {
        ushort[] groups = [20, 21, 31, 14, 15, 16];
        var asked = 0;
        using var world = new IkeWorld();
        world.Forge = (_, datagram) => Change(datagram, _ =>
            [new NotifyPayload(NotifyType.InvalidKePayload, new byte[] { 0, (byte)groups[Math.Min(asked++, 5)] })]);
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(2);
        Assert.Equal(InitiationFailure.KeyExchangeGroup, Assert.Single(world.A.Actions.OfType<Ikev2Action.InitiationFailed>()).Reason);
        Assert.InRange(asked, 2, 6);
    }

    /// <summary>Nonsense is ignored, for anybody on the link could have sent it: the retransmission gets the true answer.</summary>
    [Theory]
    [InlineData("critical")]
    [InlineData("empty cookie")]
    [InlineData("long cookie")]
    [InlineData("invalid SPI")]
    [InlineData("no KE")]
    [InlineData("no SA")]
    [InlineData("no nonce")]
    public void D06_D11_D45_D48_nonsense_is_ignored_and_the_attempt_goes_on(string what)
    {
        using var world = Answered(payloads => what switch
        {
            "critical" => [.. payloads, new OpaquePayload((PayloadType)200, true, new byte[3])],
            "empty cookie" => [new NotifyPayload(NotifyType.Cookie)],
            "long cookie" => [new NotifyPayload(NotifyType.Cookie, new byte[65])],
            "invalid SPI" => [new NotifyPayload(NotifyType.InvalidIkeSpi)],
            "no KE" => [.. payloads.Where(p => p is not KePayload)],
            "no SA" => [.. payloads.Where(p => p is not SaPayload)],
            _ => [.. payloads.Where(p => p is not NoncePayload)],
        }, once: true);
        world.AssertOneChannel(what);
    }

    /// <summary>What the peer says in good form and must not: the attempt ends.</summary>
    [Theory]
    [InlineData("another group", InitiationFailure.NoProposalChosen)]
    [InlineData("two proposals", InitiationFailure.NoProposalChosen)]
    [InlineData("two of a type", InitiationFailure.NoProposalChosen)]
    [InlineData("no hashes", InitiationFailure.SignatureHash)]
    [InlineData("only SHA-1", InitiationFailure.SignatureHash)]
    [InlineData("off the curve", InitiationFailure.Protocol)]
    public void D13_D14_D22_an_answer_that_must_not_be_ends_the_attempt(string what, InitiationFailure reason)
    {
        using var world = Answered(payloads =>
        {
            var sa = payloads.OfType<SaPayload>().Single();
            var chosen = sa.Proposals[0];
            var ke = payloads.OfType<KePayload>().Single();
            return what switch
            {
                "another group" => Replace(payloads, new KePayload(DhGroup.Ecp384, new byte[96])),
                "two proposals" => Replace(payloads, new SaPayload([chosen, chosen with { Number = 2 }])),
                "two of a type" => Replace(payloads, new SaPayload([chosen with { Transforms = [.. chosen.Transforms, new Transform(TransformType.Prf, 6)] }])),
                "no hashes" => [.. payloads.Where(p => p is not NotifyPayload { Notify: NotifyType.SignatureHashAlgorithms })],
                "only SHA-1" =>
                [
                    .. payloads.Where(p => p is not NotifyPayload { Notify: NotifyType.SignatureHashAlgorithms }),
                    new NotifyPayload(NotifyType.SignatureHashAlgorithms, new byte[] { 0, 1 }),
                ],
                _ => Replace(payloads, new KePayload(ke.Group, new byte[64])),
            };
        });
        Assert.Equal(reason, Assert.Single(world.A.Actions.OfType<Ikev2Action.InitiationFailed>()).Reason);
    }

    /// <summary>A peer that has a cookie for whatever we say.</summary>
    [Fact]
    public void D11_a_peer_that_never_has_enough_cookies_is_given_up()
    {
        byte cookie = 0;
        using var world = Answered(_ => [new NotifyPayload(NotifyType.Cookie, new[] { ++cookie })]);
        world.Run(60);
        Assert.Equal(InitiationFailure.Timeout, Assert.Single(world.A.Actions.OfType<Ikev2Action.InitiationFailed>()).Reason);
        world.AssertNothingLeft();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void D21_who_cannot_sign_says_so(bool initiator)
    {
        using var world = new IkeWorld();
        var (silent, other) = initiator ? (world.A, world.B) : (world.B, world.A);
        silent.Authenticator.SignNothing = true;
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(60);
        world.AssertNothingLeft();
        Assert.Equal(initiator ? InitiationFailure.Signing : InitiationFailure.AuthenticationFailed,
            Assert.Single(world.A.Actions.OfType<Ikev2Action.InitiationFailed>()).Reason);
        Assert.Empty(other.Actions.OfType<Ikev2Action.InstallChildSa>());
    }

    private static IkeWorld Answered(Func<IReadOnlyList<IkePayload>, IReadOnlyList<IkePayload>> change, bool once = false)
    {
        var world = new IkeWorld();
        var changed = false;
        world.Forge = (_, datagram) =>
        {
            if (once && changed)
                return datagram;
            var other = Change(datagram, change);
            changed |= !other.Equals(datagram);
            return other;
        };
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(3);
        return world;
    }

    private static ReadOnlyMemory<byte> Change(ReadOnlyMemory<byte> datagram, Func<IReadOnlyList<IkePayload>, IReadOnlyList<IkePayload>> change) =>
        IkeMessage.TryDecode(datagram.Span, out var message, out _) && message.Header is { Exchange: ExchangeType.IkeSaInit, IsResponse: true }
            ? IkeMessage.Encode(message.Header, change(message.Payloads))
            : datagram;

    private static IReadOnlyList<IkePayload> Replace(IReadOnlyList<IkePayload> payloads, IkePayload by) =>
        [.. payloads.Select(p => p.Type == by.Type ? by : p)];
}
