using Acp.Core.Ikev2;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>What somebody who reads along sees, and what is counted for status output.</summary>
public class TraceTests
{
    [Fact]
    public void Every_message_is_noted_in_the_clear_at_both_ends_and_then_what_came_of_it()
    {
        using var world = new IkeWorld();
        world.A.Machine.Tracing = world.B.Machine.Tracing = true;
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(1.5);
        world.A.Machine.RekeyChildSa(world.Now, world.A.Channels.Keys.Single());
        world.A.Perform();
        world.Run(1);

        var sent = Traced(world.A).Where(m => m.Sent).ToList();
        var heard = Traced(world.B).Where(m => !m.Sent).ToList();
        Assert.Equal(sent.Select(Story), heard.Select(Story));
        Assert.Equal(Traced(world.B).Where(m => m.Sent).Select(Story), Traced(world.A).Where(m => !m.Sent).Select(Story));
        Assert.Equal(
            [
                "IkeSaInit 0 SecurityAssociation KeyExchange Nonce Notify Notify Notify Notify",
                "IkeAuth 1 IdInitiator Certificate Certificate CertificateRequest Authentication SecurityAssociation "
                    + "TrafficSelectorInitiator TrafficSelectorResponder",
                "CreateChildSa 2 Notify SecurityAssociation Nonce KeyExchange TrafficSelectorInitiator TrafficSelectorResponder",
                "Informational 3 Delete",
            ],
            sent.Select(Story));
        Assert.All(sent, m => Assert.Equal(m.Header.Exchange != ExchangeType.IkeSaInit, m.Protected));

        // The story goes on with its end: the answer, then what it made.
        var facts = world.A.Facts;
        var answer = facts.FindIndex(f => f is Ikev2Fact.Traced { Message: { Sent: false, Header.Exchange: ExchangeType.IkeAuth } });
        Assert.True(answer >= 0 && answer < facts.FindIndex(f => f is Ikev2Fact.IkeSaEstablished));
    }

    [Fact]
    public void Nothing_is_noted_without_a_reader()
    {
        using var world = new IkeWorld();
        world.A.Machine.Tracing = true;
        world.A.Machine.Tracing = false;
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(1.5);
        world.AssertOneChannel();
        Assert.Empty(Traced(world.A).Concat(Traced(world.B)));
    }

    [Fact]
    public void Fragments_are_noted_once_as_the_message_they_make_and_counted_each()
    {
        using var world = new IkeWorld();
        world.A.Authenticator.Intermediates = [new byte[3000]];
        world.A.Restart(5);
        world.A.Machine.Tracing = world.B.Machine.Tracing = true;
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(1.5);
        world.AssertOneChannel();

        var sent = Assert.Single(Traced(world.A), m => m is { Sent: true, Header.Exchange: ExchangeType.IkeAuth });
        var heard = Assert.Single(Traced(world.B), m => m is { Sent: false, Header.Exchange: ExchangeType.IkeAuth });
        Assert.True(sent.Datagrams > 2);
        Assert.Equal(sent.Datagrams, heard.Datagrams);
        Assert.Equal(sent.Datagrams, world.A.Machine.Status.Single().Traffic.FragmentsSent);
        Assert.Equal(sent.Datagrams, world.B.Machine.Status.Single().Traffic.FragmentsReceived);
        Assert.True(world.A.Machine.Status.Single().Fragmentation);
    }

    [Fact]
    public void Status_tells_ages_lifetimes_and_what_was_counted_across_rekeying()
    {
        var options = new Ikev2Options { LivenessIdle = TimeSpan.FromSeconds(30) };
        using var world = new IkeWorld(options);
        world.A.Initiate(IkeWorld.Link1, world.B);
        world.Run(1.5);
        var first = world.A.Machine.Status.Single();
        Assert.InRange((world.Now - first.Since!.Value).TotalSeconds, 1.4, 1.5);
        Assert.InRange((first.RekeyAt - first.Since)!.Value / options.IkeSaLifetime, 0.8, 1);
        Assert.True(first.EndsAt > first.RekeyAt);
        var child = Assert.Single(first.Children);
        Assert.Equal(ChildSaState.Sending, child.State);
        Assert.InRange((child.RekeyAt - child.Since)!.Value / options.ChildSaLifetime, 0.8, 1);

        // One request gets lost on the way.
        var lost = false;
        world.Network = (_, _, _) =>
        {
            var arrives = lost;
            lost = true;
            return arrives ? [IkeWorld.Delay] : [];
        };
        world.A.Machine.RekeyChildSa(world.Now, world.A.Channels.Keys.Single());
        world.A.Perform();
        world.Run(5);
        world.B.Machine.RekeyIkeSa(world.Now, world.B.Channels.Keys.Single());
        world.B.Perform();
        world.Run(5);
        world.Run(100);

        var later = world.A.Machine.Status.Single();
        Assert.NotEqual(first.IkeSa, later.IkeSa);
        Assert.Equal((1, 1, 1), (later.Traffic.Retransmissions, later.Traffic.ChildRekeys, later.Traffic.IkeRekeys));
        Assert.Equal((1, 1), (world.B.Machine.Status.Single().Traffic.ChildRekeys, world.B.Machine.Status.Single().Traffic.IkeRekeys));
        Assert.True(later.Traffic.LivenessProbes + world.B.Machine.Status.Single().Traffic.LivenessProbes >= 3);
        Assert.True(later.Since > first.Since && later.LastHeard > later.Since);
    }

    private static IEnumerable<TracedMessage> Traced(IkeNode node) => node.Facts.OfType<Ikev2Fact.Traced>().Select(t => t.Message);

    private static string Story(TracedMessage m) =>
        $"{m.Header.Exchange} {m.Header.MessageId} {string.Join(' ', m.Payloads.Select(p => p.Type))}";
}
