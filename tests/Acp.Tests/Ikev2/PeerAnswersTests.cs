using System.Buffers.Binary;
using Acp.Core.Ikev2;
using Acp.Linux.Crypto;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>What a peer may answer to our rekeying, and what it may say when it comes back.</summary>
public class PeerAnswersTests
{
    /// <summary>RFC 7296 §2.25: try again, for minutes, and then close.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void D42_temporary_failure_is_tried_again_for_three_minutes_and_then_ends_the_ike_sa(bool ofIkeSa)
    {
        using var world = new IkeWorld();
        using var raw = Connected(world);
        world.Rekey(world.B, ofIkeSa);
        var began = world.Now;
        var tries = new List<double>();
        while (world.B.Channels.Count > 0)
        {
            Assert.True(world.Now - began < TimeSpan.FromMinutes(4), "it never gives up");
            if (raw.Next() is { } request)
            {
                if (request.Exchange == ExchangeType.CreateChildSa)
                    tries.Add((world.Now - began).TotalSeconds);
                raw.Reply(request.Exchange, request.Exchange == ExchangeType.CreateChildSa ? [new NotifyPayload(NotifyType.TemporaryFailure)] : []);
            }

            world.Run(0.05);
        }

        Assert.InRange(tries[^1], 180, 183.5);
        Assert.All(tries.Zip(tries.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 2, 3.2));
        Assert.Equal(ChannelCloseReason.Exhausted, Assert.Single(world.B.Actions.OfType<Ikev2Action.ChannelClosed>()).Reason);
        // In an orderly way.
        Assert.Equal(ProtocolId.Ike, Assert.Single(raw.Next()!.Value.Payloads.OfType<DeletePayload>()).Protocol);
    }

    [Fact]
    public void D42_temporary_failure_for_less_does_no_harm()
    {
        using var world = new IkeWorld();
        using var raw = Connected(world);
        var old = world.B.Children.Keys.Single();
        world.Rekey(world.B, false);
        for (var i = 0; i < 5; i++)
        {
            var asked = Await(world, raw);
            raw.Reply(asked.Exchange, new NotifyPayload(NotifyType.TemporaryFailure));
            Assert.Equal(old, world.B.Children.Keys.Single());
        }

        Await(world, raw);
        Accept(raw);
        Assert.Equal(2, world.B.Children.Count);
        // The old one is deleted, and the new one carries.
        Assert.Equal(ExchangeType.Informational, Await(world, raw).Exchange);
        raw.Reply(ExchangeType.Informational);
        Assert.NotEqual(old, Assert.Single(world.B.Children).Key);
        Assert.Empty(world.B.Actions.OfType<Ikev2Action.ChannelClosed>());
    }

    /// <summary>RFC 7296 §2.25: the peer has lost the child SA: drop it, and make another without a word of the old one.</summary>
    [Fact]
    public void D43_child_sa_not_found_leads_to_a_new_child_sa_in_the_same_channel()
    {
        using var world = new IkeWorld();
        using var raw = Connected(world);
        var old = world.B.Children.Keys.Single();
        world.Rekey(world.B, false);
        var rekey = Await(world, raw).Payloads.OfType<NotifyPayload>().Single(n => n.Notify == NotifyType.RekeySa);
        Assert.Equal(old, BinaryPrimitives.ReadUInt32BigEndian(rekey.Spi.Span));
        raw.Reply(ExchangeType.CreateChildSa, new NotifyPayload(ProtocolId.Esp, rekey.Spi, NotifyType.ChildSaNotFound, default));
        Assert.Empty(world.B.Children);
        var second = Await(world, raw);
        Assert.Equal(ExchangeType.CreateChildSa, second.Exchange);
        Assert.DoesNotContain(second.Payloads.OfType<NotifyPayload>(), n => n.Notify == NotifyType.RekeySa);
        Accept(raw);
        Assert.NotEqual(old, Assert.Single(world.B.Children).Key);
        Assert.Single(world.B.Sending);
        Assert.Empty(world.B.Actions.OfType<Ikev2Action.ChannelClosed>());
    }

    [Fact]
    public void D43_if_the_peer_wants_no_new_one_either_the_channel_ends()
    {
        using var world = new IkeWorld();
        using var raw = Connected(world);
        world.Rekey(world.B, false);
        Await(world, raw);
        raw.Reply(ExchangeType.CreateChildSa, new NotifyPayload(NotifyType.ChildSaNotFound));
        Await(world, raw);
        raw.Reply(ExchangeType.CreateChildSa, new NotifyPayload(NotifyType.NoAdditionalSas));
        Assert.Single(world.B.Actions.OfType<Ikev2Action.ChannelClosed>());
    }

    /// <summary>The peer wants another group than the one that the IKE SA has; its wish is met once.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void D12_a_rekeying_is_repeated_with_the_group_that_the_peer_wants(bool ofIkeSa)
    {
        using var world = new IkeWorld();
        using var raw = Connected(world);
        world.Rekey(world.B, ofIkeSa);
        Await(world, raw);
        raw.Reply(ExchangeType.CreateChildSa, new NotifyPayload(NotifyType.InvalidKePayload, new byte[] { 0, 20 }));
        Assert.Equal(DhGroup.Ecp384, Await(world, raw).Payloads.OfType<KePayload>().Single().Group);
        raw.Reply(ExchangeType.CreateChildSa, new NotifyPayload(NotifyType.InvalidKePayload, new byte[] { 0, 21 }));
        world.Run(1);
        Assert.Null(raw.Next());
        Assert.Single(world.B.Channels);
    }

    /// <summary>An answer that makes no sense: what the peer may have made is deleted, the old one goes on.</summary>
    [Fact]
    public void D43_an_answer_of_no_use_keeps_the_old_child()
    {
        using var world = new IkeWorld();
        using var raw = Connected(world);
        var old = world.B.Children.Keys.Single();
        world.Rekey(world.B, false);
        Await(world, raw);
        raw.Reply(ExchangeType.CreateChildSa, new NoncePayload(new byte[32]));
        Assert.IsType<DeletePayload>(Assert.Single(Await(world, raw).Payloads));
        raw.Reply(ExchangeType.Informational);
        Assert.Equal(old, Assert.Single(world.B.Children).Key);
        Assert.Equal(old, Assert.Single(world.B.Sending).Value);
    }

    /// <summary>The neighbour on link 1 lost everything and says so; the same neighbour's SA on link 2 is of no concern.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void D37_initial_contact_concerns_the_same_identity_on_the_same_link_and_address_only(bool said)
    {
        using var world = new IkeWorld();
        foreach (var link in new[] { IkeWorld.Link1, IkeWorld.Link2 })
        {
            world.A.Initiate(link, world.B);
            world.Run(1);
        }

        var first = world.B.Machine.Status.Single(s => s.Path.Link == IkeWorld.Link1);
        var second = world.B.Machine.Status.Single(s => s.Path.Link == IkeWorld.Link2);
        using var raw = new RawInitiator(world);
        var auth = raw.Auth();
        if (said)
            auth.Add(new NotifyPayload(NotifyType.InitialContact));
        Assert.Contains(raw.Ask(ExchangeType.IkeAuth, 1, auth)!, p => p is AuthPayload);
        // Told: gone without a DELETE, which nobody would understand. Not told: one is sent.
        Assert.Equal(!said, world.B.Machine.Status.Any(s => s.IkeSa == first.IkeSa));
        Assert.Equal(said ? 0 : 1, world.B.Machine.ClosingCount);
        Assert.Contains(world.B.Machine.Status, s => s.IkeSa == second.IkeSa && s is { State: IkeSaState.Established, ChildSas.Count: 1 });
        Assert.Equal(2, world.B.Channels.Count);
        Assert.Single(world.B.Actions.OfType<Ikev2Action.ChannelRenewed>());
        Assert.Empty(world.B.Actions.OfType<Ikev2Action.ChannelClosed>());
    }

    [Fact]
    public void D37_we_never_say_initial_contact()
    {
        using var world = new IkeWorld();
        using var raw = new RawInitiator(world);
        Assert.DoesNotContain(raw.Ask(ExchangeType.IkeAuth, 1, raw.Auth())!, p => p is NotifyPayload { Notify: NotifyType.InitialContact });
    }

    [Fact]
    public void D37_initial_contact_of_somebody_else_at_that_address_ends_the_old_channel_and_no_other()
    {
        using var world = new IkeWorld();
        foreach (var link in new[] { IkeWorld.Link1, IkeWorld.Link2 })
        {
            world.A.Initiate(link, world.B);
            world.Run(1);
        }

        using var other = new TestAuthenticator(Acp.Wire.Ipv6Address.Parse("fd89:b714:f3db:0:200:0:6400:77"));
        using var raw = new RawInitiator(world);
        var answer = raw.Ask(ExchangeType.IkeAuth, 1,
        [
            .. raw.AuthAs(other.Address, [other.Certificate, TestAuthenticator.TrustAnchor], octets => other.Sign(octets)),
            new NotifyPayload(NotifyType.InitialContact),
        ]);
        Assert.Contains(answer!, p => p is AuthPayload);
        Assert.Equal(ChannelCloseReason.IdentityChanged, Assert.Single(world.B.Actions.OfType<Ikev2Action.ChannelClosed>()).Reason);
        Assert.Equal(2, world.B.Channels.Count);
        Assert.Contains(world.B.Machine.Status, s => s.Path.Link == IkeWorld.Link2 && s.State == IkeSaState.Established);
    }

    private static RawInitiator Connected(IkeWorld world)
    {
        var raw = new RawInitiator(world);
        Assert.Contains(raw.Ask(ExchangeType.IkeAuth, 1, raw.Auth())!, p => p is AuthPayload);
        return raw;
    }

    private static (ExchangeType Exchange, IReadOnlyList<IkePayload> Payloads) Await(IkeWorld world, RawInitiator raw)
    {
        for (var i = 0; i < 100 && raw.Next() is null; i++)
            world.Run(0.05);
        return raw.Next()!.Value;
    }

    /// <summary>A good answer to a rekeying or new child.</summary>
    private static void Accept(RawInitiator raw)
    {
        using var exchange = new PlatformIkeCrypto().CreateKeyExchange(DhGroup.Ecp256);
        raw.Reply(ExchangeType.CreateChildSa,
            ProposalSelector.EspAnswer(new EspSuite(1, Core.EspAlgorithm.AesGcm256, true, 0, DhGroup.Ecp256), 0xabcdef02),
            new NoncePayload(Enumerable.Repeat((byte)7, 32).ToArray()),
            new KePayload(DhGroup.Ecp256, exchange.PublicValue.ToArray()),
            TsPayload.Create(true, TrafficSelector.AnyIpv6),
            TsPayload.Create(false, TrafficSelector.AnyIpv6));
    }
}
