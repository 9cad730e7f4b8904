using Acp.Asa;
using Acp.Asa.Embedded;
using Acp.Core;
using Acp.Daemon.Agents.Prefixes;
using Acp.Wire;

namespace Acp.Tests.Agents;

/// <summary>Prefix managers among each other, and beside peers that behave otherwise, on virtual time.</summary>
public class PrefixManagerTests
{
    private static readonly PrefixManagerOptions Top = new() { Pool = [Ipv6Prefix.Parse("2001:db8::/32")] };

    [Fact]
    public void N05_N09_N12_prefixes_go_down_a_tree_by_role()
    {
        var network = SimulatedGrasp.Line(3);
        Assert.True(PrefixParameters.TryParse("ASG=44,CSG=56", out var parameters));
        var top = new PrefixBox(network, network.Nodes[0], Top with { Parameters = parameters }).Start();
        var middle = new PrefixBox(network, network.Nodes[1], new() { Asks = true, Role = "ASG" }).Start();
        Until(network, () => middle.Held.Any(), middle);
        var leaf = new PrefixBox(network, network.Nodes[2], new() { Asks = true, Role = "CSG", Interfaces = ["lan0", "lan1"] }).Start();
        Until(network, () => leaf.Places.Local.Count == 2 && middle.Changes.Count == 2, leaf);

        Assert.Equal(44, Assert.Single(middle.Held).Length);
        Assert.Equal(56, Assert.Single(leaf.Held).Length);
        Assert.True(middle.Held.Single().Contains(leaf.Held.Single()));
        Assert.True(Top.Pool[0].Contains(middle.Held.Single()));
        Assert.Equal(["lan0", "lan1"], leaf.Places.Local.Select(l => l.Interface));
        Assert.All(leaf.Places.Local, l => Assert.True(l.Prefix.Length == 64 && leaf.Held.Single().Contains(l.Prefix)));
        Assert.False(leaf.Places.Local[0].Prefix.Overlaps(leaf.Places.Local[1].Prefix));

        // The hook's news, at each of them.
        Assert.Equal(new PrefixChange(true, "delegated", middle.Held.Single(), network.Nodes[1].Address.ToString()), Assert.Single(top.Changes));
        Assert.Equal([("held", true), ("delegated", true)], middle.Changes.Select(c => (c.Kind, c.Added)));
        Assert.Equal(["held", "local", "local"], leaf.Changes.Select(c => c.Kind));

        // Whoever audits finds owner and prefix.
        Assert.Contains($"delegated {middle.Held.Single()} to {network.Nodes[1].Address}", top.Lines);

        leaf.Stop();
        Assert.True(SpinWait.SpinUntil(() => leaf.Running.IsCompleted, TimeSpan.FromSeconds(20)), "it does not end");
        Assert.Empty(leaf.Places.Local);
    }

    [Fact]
    public void N09_parameters_are_flooded_and_synchronized()
    {
        var network = SimulatedGrasp.Line(2);
        Assert.True(PrefixParameters.TryParse("RSG=34", out var parameters));
        new PrefixBox(network, network.Nodes[0], Top with { Parameters = parameters }).Start();
        network.Run(async () =>
        {
            var asa = await network.Nodes[1].Api.RegisterAsaAsync("reader");
            var objective = Objective.Synchronizable(PrefixParameters.ObjectiveName);
            await asa.RegisterObjectiveAsync(objective);
            await Task.Delay(TimeSpan.FromMinutes(2), network.Time);
            Assert.Equal(34, PrefixParameters.Of(Assert.Single(await asa.GetFloodAsync(objective.Name)).Objective.Value).Lengths["RSG"]);
            var peer = (await asa.DiscoverAsync(objective, TimeSpan.FromSeconds(2)))[0];
            Assert.Equal(34, PrefixParameters.Of((await asa.SynchronizeAsync(objective, peer)).Value).Lengths["RSG"]);
        });
    }

    [Fact]
    public void N04_a_dry_run_is_declined_with_the_reason() => WithPeer(Top, async (asa, peer, _) =>
    {
        var result = await asa.RequestNegotiateAsync(Objective.DryRun(PrefixValue.ObjectiveName, new PrefixValue(6, 56).ToCbor()), peer);
        Assert.Contains("dry run", Assert.IsType<NegotiationResult.Declined>(result).Reason, StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("[6, 56, null]", "83061838")] // as graspy's pfxm3 asks
    [InlineData("[6, 56]", "83061838")]
    [InlineData("[56]", "821838")]
    public void N02_each_form_is_answered_in_kind(string asked, string begins) => WithPeer(Top, async (asa, peer, _) =>
    {
        var request = Objective.Negotiable(PrefixValue.ObjectiveName, Acp.Daemon.Agents.JsonValue.Parse(asked));
        var offer = Assert.IsType<NegotiationResult.CounterOffer>(await asa.RequestNegotiateAsync(request, peer));
        Assert.Equal(begins + "5020010db8000000000000000000000000", Convert.ToHexStringLower(offer.Objective.Value.Encoded.Span));
        await offer.Session.AcceptAsync();
    });

    [Theory]
    [InlineData("[6, 129]")]
    [InlineData("[5, 20]")]
    [InlineData("\"much\"")]
    public void N03_nonsense_is_declined_with_the_reason(string asked) => WithPeer(Top, async (asa, peer, _) =>
    {
        var request = Objective.Negotiable(PrefixValue.ObjectiveName, Acp.Daemon.Agents.JsonValue.Parse(asked));
        Assert.NotEmpty(Assert.IsType<NegotiationResult.Declined>(await asa.RequestNegotiateAsync(request, peer)).Reason!);
    });

    [Fact]
    public void N06_declined_and_broken_off_offers_come_back_into_the_pool()
    {
        WithPeer(Top, async (asa, peer, top) =>
        {
            var request = Objective.Negotiable(PrefixValue.ObjectiveName, new PrefixValue(6, 56).ToCbor());
            var offer = Assert.IsType<NegotiationResult.CounterOffer>(await asa.RequestNegotiateAsync(request, peer));
            Assert.Equal(LeaseState.Offered, Assert.Single(top.Manager!.State().Leases).State);
            Assert.Equal(LeaseState.Offered, Assert.Single(top.Store.State.Leases).State);
            await offer.Session.DeclineAsync("no");
        }, top => Assert.Empty(top.Manager!.State().Leases));

        WithPeer(Top, async (asa, peer, top) =>
        {
            var request = Objective.Negotiable(PrefixValue.ObjectiveName, new PrefixValue(6, 56).ToCbor());
            Assert.IsType<NegotiationResult.CounterOffer>(await asa.RequestNegotiateAsync(request, peer));
        }, top => Assert.Empty(top.Manager!.State().Leases), killed: true);
    }

    [Fact]
    public void N05_a_smaller_prefix_is_taken_where_there_is_no_larger_one()
    {
        var network = SimulatedGrasp.Line(2);
        new PrefixBox(network, network.Nodes[0], new() { Pool = [Ipv6Prefix.Parse("2001:db8::/60")] }).Start();
        var box = new PrefixBox(network, network.Nodes[1], new() { Asks = true, Length = 56 }).Start();
        Until(network, () => box.Held.Any(), box);
        Assert.Equal("2001:db8::/60", Assert.Single(box.Held).ToString());
        Assert.Contains(box.Lines, line => line.EndsWith("a /60 is not enough", StringComparison.Ordinal));
    }

    [Fact]
    public void More_space_is_asked_for_when_others_ask_for_more_than_is_left()
    {
        var network = SimulatedGrasp.Line(3);
        new PrefixBox(network, network.Nodes[0], Top).Start();
        var middle = new PrefixBox(network, network.Nodes[1], new() { Asks = true, Length = 60 }).Start();
        Until(network, () => middle.Held.Any(), middle);
        network.Link(network.Nodes[1], network.AddNode());
        var first = new PrefixBox(network, network.Nodes[2], new() { Asks = true, Length = 60, From = network.Nodes[1].Address }).Start();
        var second = new PrefixBox(network, network.Nodes[3], new() { Asks = true, Length = 60, From = network.Nodes[1].Address }).Start();
        Until(network, () => first.Held.Any() && second.Held.Any(), middle);
        Assert.Equal(2, middle.Held.Count());
        Assert.Equal(middle.Held.OrderBy(h => h.Address), first.Held.Concat(second.Held).OrderBy(h => h.Address));
    }

    [Fact]
    public void N07_no_prefix_is_given_twice_whenever_the_delegator_dies()
    {
        var crashes = 0;
        for (ulong seed = 1; seed <= 60; seed++)
        {
            var random = new SeededRandom(seed);
            var network = SimulatedGrasp.Shared(6, seed);
            var link = network.Links[0];
            var top = new PrefixBox(network, network.Nodes[0], Top);
            Arm(top);
            top.Start();
            var boxes = Enumerable.Range(1, 5).Select(i => new PrefixBox(network, network.Nodes[i], new() { Asks = true, Length = 56, HandsOn = false }).Start()).ToList();
            for (var life = 0; life < 4; life++)
            {
                var dying = top;
                network.Advance(TimeSpan.FromMinutes(3), () => !dying.Node.IsRunning);
                if (dying.Node.IsRunning)
                    break;
                crashes++;
                var node = network.AddNode();
                network.Join(link, node);
                top = new PrefixBox(network, node, Top, dying.Store.Successor());
                if (life < 3)
                    Arm(top);
                top.Start();
                var late = network.AddNode();
                network.Join(link, late);
                boxes.Add(new PrefixBox(network, late, new() { Asks = true, Length = 56, HandsOn = false }).Start());
                Check();
            }

            network.Advance(TimeSpan.FromMinutes(20));
            Check();
            Assert.True(boxes.All(b => b.Held.Any()), $"seed {seed}: {string.Join('\n', boxes.SelectMany(b => b.Lines))}");

            void Arm(PrefixBox box) => box.Store.Saved = () =>
            {
                if (random.Next(6) != 0)
                    return;
                box.Store.IsCutOff = true;
                box.Node.Stop();
            };

            void Check()
            {
                var held = boxes.SelectMany(b => b.Held).ToList();
                for (var i = 0; i < held.Count; i++)
                {
                    for (var j = 0; j < i; j++)
                        Assert.False(held[i].Overlaps(held[j]), $"seed {seed}: {held[i]} and {held[j]}");
                }
            }
        }

        Assert.True(crashes > 60, $"{crashes} crashes");
    }

    [Fact]
    public void N11_unique_local_space_is_neither_handed_out_nor_taken()
    {
        var network = SimulatedGrasp.Line(2);
        var wrong = new PrefixBox(network, network.Nodes[0], new() { Pool = [Ipv6Prefix.Parse("fd89:b714:f3db::/48")] }).Start();
        Assert.Contains("unique local", Assert.IsType<FormatException>(wrong.Running.Exception!.InnerException).Message, StringComparison.Ordinal);

        var box = new PrefixBox(network, network.Nodes[1], new() { Asks = true }).Start();
        network.Run(async () =>
        {
            var asa = await network.Nodes[0].Api.RegisterAsaAsync("evil");
            var objective = Objective.Negotiable(PrefixValue.ObjectiveName);
            await asa.RegisterObjectiveAsync(objective);
            await foreach (var request in asa.ListenNegotiateAsync(objective.Name))
            {
                var offer = objective with { Value = PrefixValue.Of(Ipv6Prefix.Parse("fd89:b714:f3db::/56")).ToCbor() };
                var result = await request.Session.NegotiateStepAsync(offer);
                Assert.Contains("unique local", Assert.IsType<NegotiationResult.Declined>(result).Reason, StringComparison.Ordinal);
                break;
            }
        });
        Assert.Empty(box.Held);
    }

    [Fact]
    public void N07_of_two_that_claim_one_prefix_the_second_gives_it_up_and_gets_another()
    {
        var network = SimulatedGrasp.Shared(3);
        new PrefixBox(network, network.Nodes[0], Top).Start();
        var claim = new PrefixState
        {
            Roots = [new PrefixRoot(Ipv6Prefix.Parse("2001:db8::/56"), network.Nodes[0].Address.ToString(), network.Time.GetUtcNow())],
        };
        var boxes = new[] { 1, 2 }.Select(i =>
        {
            var store = new MemoryStore();
            store.Save(claim);
            return new PrefixBox(network, network.Nodes[i], new() { Asks = true, Interfaces = ["lan0"] }, store).Start();
        }).ToList();
        Assert.All(boxes, b => Assert.Equal("2001:db8::/64", Assert.Single(b.Places.Local).Prefix.ToString()));
        Until(network, () => !boxes[0].Held.SequenceEqual(boxes[1].Held) && boxes.All(b => b.Held.Any()), boxes[1]);
        Assert.Equal("2001:db8::/56", Assert.Single(boxes[0].Held).ToString()); // the delegator had forgotten, and believed the first
        Assert.NotEqual(boxes[0].Places.Local, boxes[1].Places.Local);
        Assert.Contains(boxes[1].Changes, c => c is { Added: false, Kind: "local" });
    }

    private static void WithPeer(
        PrefixManagerOptions options, Func<GraspAsa, AsaLocator, PrefixBox, Task> work, Action<PrefixBox>? after = null, bool killed = false)
    {
        var network = SimulatedGrasp.Line(2);
        var top = new PrefixBox(network, network.Nodes[0], options).Start();
        network.Run(async () =>
        {
            var asa = await network.Nodes[1].Api.RegisterAsaAsync("peer");
            await asa.RegisterObjectiveAsync(Objective.DryRun(PrefixValue.ObjectiveName));
            await work(asa, AsaLocator.Tcp(network.Nodes[0].Address, 7017), top);
        });
        if (killed)
            network.Nodes[1].Stop();
        network.Advance(TimeSpan.FromMinutes(10));
        after?.Invoke(top);
    }

    private static void Until(SimulatedGrasp network, Func<bool> done, PrefixBox box)
    {
        network.Advance(TimeSpan.FromMinutes(30), done);
        Assert.True(done(), string.Join('\n', box.Lines) + box.Running.Exception);
    }
}
