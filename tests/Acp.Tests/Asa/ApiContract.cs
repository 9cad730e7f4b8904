using System.Formats.Cbor;
using Acp.Asa;
using Acp.Core.Grasp;
using Acp.Wire;
using Acp.Wire.Grasp;
using AsaLocator = Acp.Asa.AsaLocator;
using Objective = Acp.Asa.Objective;

namespace Acp.Tests.AsaRoom;

/// <summary>What ASA authors rely on (RFC 8991): the same tests over real sockets and on virtual time.</summary>
public abstract class ApiContract
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly Objective Money = Objective.Negotiable("EX1");
    private static readonly Objective Weather = Objective.Synchronizable("EX2");
    private static readonly ObjectiveRegistration Discoverable = new() { Discoverable = true };

    private protected abstract World Make(GraspOptions? options);

    // What awaits in a test goes on where the engine's answer comes: on virtual time there is but one thread.
    private World Begin(GraspOptions? options = null)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        return Make(options);
    }

    [Fact]
    public async Task I03_I04_an_asa_registers_once_and_may_come_back()
    {
        await using var world = Begin();
        var asa = await world.Run(world.Left.RegisterAsaAsync("Gray"));
        var twice = await world.Fails<GraspUsageException>(world.Left.RegisterAsaAsync("Gray"));
        Assert.Equal(GraspError.dupASA, twice.Error);
        await world.Run(asa.DeregisterAsaAsync());
        var gone = await world.Fails<GraspUsageException>(asa.RegisterObjectiveAsync(Money));
        Assert.Equal(GraspError.noASA, gone.Error);
        await world.Run(world.Left.RegisterAsaAsync("Gray"));
    }

    [Fact]
    public async Task I05_I07_I08_objectives_are_registered_with_care()
    {
        await using var world = Begin();
        var one = await world.Run(world.Left.RegisterAsaAsync("one"));
        var two = await world.Run(world.Left.RegisterAsaAsync("two"));
        var overlap = new ObjectiveRegistration { Overlap = true };
        await world.Run(one.RegisterObjectiveAsync(Money));
        await world.Run(one.RegisterObjectiveAsync(Weather, overlap));
        await world.Run(two.RegisterObjectiveAsync(Weather, overlap));

        Assert.Equal(GraspError.objReg, (await world.Fails<GraspUsageException>(two.RegisterObjectiveAsync(Money))).Error);
        var both = new Objective("EX3", ObjectiveFlags.F_NEG | ObjectiveFlags.F_SYNCH);
        Assert.Equal(GraspError.notBoth, (await world.Fails<GraspUsageException>(one.RegisterObjectiveAsync(both))).Error);
        var dry = new Objective("EX3", ObjectiveFlags.F_SYNCH | ObjectiveFlags.F_NEG_DRY);
        Assert.Equal(GraspError.notDry, (await world.Fails<GraspUsageException>(one.RegisterObjectiveAsync(dry))).Error);
        Assert.Equal(GraspError.notYourObj, (await world.Fails<GraspUsageException>(two.DeregisterObjectiveAsync("EX1"))).Error);
        Assert.Equal(GraspError.notObj, (await world.Fails<GraspUsageException>(two.DeregisterObjectiveAsync("EX9"))).Error);
        await world.Run(one.DeregisterObjectiveAsync("EX1"));
        await world.Run(two.RegisterObjectiveAsync(Money));
    }

    [Fact]
    public async Task I09_who_is_discoverable_is_found_and_stays_known_until_flushed()
    {
        await using var world = Begin();
        var seeker = await world.Run(world.Left.RegisterAsaAsync("seeker"));
        var holder = await world.Run(world.Right.RegisterAsaAsync("holder"));
        Assert.Empty(await world.Run(seeker.DiscoverAsync(Money, 0.3 * Second)));
        await world.Run(holder.RegisterObjectiveAsync(Money, Discoverable));

        var found = await world.Run(seeker.DiscoverFirstAsync(Money, 10 * Second));
        Assert.Equal("fd89:b714:f3db::2", Assert.IsType<Ipv6Locator>(found!.Locator).Address.ToString());
        Assert.InRange(found.Ttl!.Value, TimeSpan.FromSeconds(1), GraspConstants.GRASP_DEF_TIMEOUT);

        await world.Run(holder.DeregisterObjectiveAsync("EX1"));
        var cached = Assert.Single(await world.Run(seeker.DiscoverAsync(Money, TimeSpan.Zero)));
        Assert.Equal(found.Locator, cached.Locator);
        Assert.Single(await world.Run(seeker.DiscoverAsync(Money, TimeSpan.Zero, minimumTtl: found.Ttl.Value / 2)));
        Assert.Empty(await world.Run(seeker.DiscoverAsync(Money, TimeSpan.Zero, minimumTtl: TimeSpan.Zero)));
    }

    [Fact]
    public async Task I07_explicit_and_local_locators_are_what_others_are_told()
    {
        await using var world = Begin();
        var seeker = await world.Run(world.Left.RegisterAsaAsync("seeker"));
        var holder = await world.Run(world.Right.RegisterAsaAsync("holder"));
        var elsewhere = new Ipv6Locator(Ipv6Address.Parse("fd89:b714:f3db::99"), TransportProtocol.Tcp, 1234);
        await world.Run(holder.RegisterObjectiveAsync(Money, Discoverable with { Locators = [elsewhere] }));
        await world.Run(holder.RegisterObjectiveAsync(Weather, Discoverable with { Local = true }));

        Assert.Equal(elsewhere, (await world.Run(seeker.DiscoverFirstAsync(Money, 10 * Second)))!.Locator);
        var local = await world.Run(seeker.DiscoverFirstAsync(Weather, 10 * Second));
        Assert.Equal("fe80::2", Assert.IsType<Ipv6Locator>(local!.Locator).Address.ToString());
        Assert.NotEqual(0, local.Interface);

        // And it can be reached there.
        await world.Run(holder.ListenSynchronizeAsync(Weather with { Value = "rain" }));
        Assert.Equal("rain", (await world.Run(seeker.SynchronizeAsync(Weather, local))).Value.ToText());
    }

    [Fact]
    public async Task I10_I11_an_offer_is_accepted_as_it_is()
    {
        await using var world = Begin();
        var (buyer, _) = await Traders(world, (request, _) => request.Session.AcceptAsync());
        var accepted = Assert.IsType<NegotiationResult.Accepted>(await world.Run(buyer.RequestNegotiateAsync(Money with { Value = 7 })));
        Assert.Equal(7, accepted.Objective.Value.ToInt64());
    }

    [Fact]
    public async Task I10_I13_offers_go_back_and_forth_until_both_agree()
    {
        await using var world = Begin();
        var asked = new List<long>();
        var (buyer, _) = await Traders(world, async (request, _) =>
        {
            asked.Add(request.Objective.Value.ToInt64());
            var answer = await request.Session.NegotiateStepAsync(request.Objective with { Value = 50 });
            var offer = Assert.IsType<NegotiationResult.CounterOffer>(answer);
            asked.Add(offer.Objective.Value.ToInt64());
            await request.Session.AcceptAsync();
        });
        var first = Assert.IsType<NegotiationResult.CounterOffer>(await world.Run(buyer.RequestNegotiateAsync(Money with { Value = 100 })));
        Assert.Equal(50, first.Objective.Value.ToInt64());
        Assert.Equal("fd89:b714:f3db::2", first.Session.Peer.ToString());
        var last = await world.Run(first.Session.NegotiateStepAsync(first.Objective with { Value = 60 }));
        Assert.Equal(60, Assert.IsType<NegotiationResult.Accepted>(last).Objective.Value.ToInt64());
        Assert.Equal([100, 60], asked);
        Assert.True(first.Session.IsOver);
    }

    [Fact]
    public async Task I10_I14_declining_is_an_outcome_with_its_reason()
    {
        await using var world = Begin();
        var (buyer, _) = await Traders(world, (request, _) => request.Session.DeclineAsync("sold out"));
        var outcome = await world.Run(buyer.RequestNegotiateAsync(Money with { Value = 1 }));
        Assert.Equal(new NegotiationResult.Declined("sold out"), outcome);
    }

    [Fact]
    public async Task I14_a_peer_that_needs_longer_says_so()
    {
        await using var world = Begin();
        var (buyer, _) = await Traders(world, async (request, other) =>
        {
            await request.Session.NegotiateWaitAsync(30 * Second);
            Assert.Empty(await other.DiscoverAsync(Objective.Negotiable("nobody"), 1.5 * Second)); // which is how long it takes
            await request.Session.AcceptAsync();
        });
        var peer = await world.Run(buyer.DiscoverFirstAsync(Money, 10 * Second));
        Assert.IsType<NegotiationResult.Accepted>(await world.Run(buyer.RequestNegotiateAsync(Money, peer, Second)));
    }

    [Fact]
    public async Task I10_a_peer_that_says_nothing_is_given_up()
    {
        await using var world = Begin();
        var (buyer, _) = await Traders(world, (_, _) => Task.CompletedTask);
        var peer = await world.Run(buyer.DiscoverFirstAsync(Money, 10 * Second));
        var silent = await world.Fails<GraspPeerException>(buyer.RequestNegotiateAsync(Money, peer, 0.5 * Second));
        Assert.Equal(GraspError.noNegReply, silent.Error);
    }

    [Fact]
    public async Task I20_send_invalid_ends_it()
    {
        await using var world = Begin();
        var (buyer, _) = await Traders(world, (request, _) => request.Session.SendInvalidAsync(new byte[] { 1, 2 }));
        var invalid = await world.Fails<GraspPeerException>(buyer.RequestNegotiateAsync(Money));
        Assert.Equal(GraspError.noValidStep, invalid.Error);
    }

    [Fact]
    public async Task I13_steps_run_out()
    {
        await using var world = Begin();
        var (buyer, _) = await Traders(world, async (request, _) =>
        {
            var offer = new NegotiationResult.CounterOffer(request.Session, request.Objective);
            while (await offer.Session.NegotiateStepAsync(offer.Objective) is NegotiationResult.CounterOffer next)
                offer = next;
        });
        var result = await world.Run(buyer.RequestNegotiateAsync(Money with { LoopCount = 4 }));
        var exhausted = await world.Fails<GraspPeerException>(Haggle(result));
        Assert.Equal(GraspError.loopExhausted, exhausted.Error);

        static async Task Haggle(NegotiationResult result)
        {
            while (result is NegotiationResult.CounterOffer offer)
                result = await offer.Session.NegotiateStepAsync(offer.Objective);
        }
    }

    [Fact]
    public async Task I10_nobody_to_negotiate_with_and_nothing_to_negotiate()
    {
        await using var world = Begin();
        var asa = await world.Run(world.Left.RegisterAsaAsync("alone"));
        await world.Run(asa.RegisterObjectiveAsync(Money));
        await world.Run(asa.RegisterObjectiveAsync(Weather));
        var nobody = await world.Fails<GraspPeerException>(asa.RequestNegotiateAsync(Money, timeout: 0.3 * Second));
        Assert.Equal(GraspError.noDiscReply, nobody.Error);
        var wrong = await world.Fails<GraspUsageException>(asa.RequestNegotiateAsync(Weather));
        Assert.Equal(GraspError.notNeg, wrong.Error);
        var gone = await world.Fails<GraspPeerException>(
            asa.RequestNegotiateAsync(Money, AsaLocator.Tcp(Ipv6Address.Parse("fd89:b714:f3db::2"), 9)));
        Assert.Equal(GraspError.sockErrNegRq, gone.Error);
    }

    [Fact]
    public async Task I10_dry_runs_need_one_who_offers_them()
    {
        await using var world = Begin();
        var (buyer, seller) = await Traders(world, (request, _) => request.Session.AcceptAsync());
        var dry = Objective.DryRun("EX1", 3);
        Assert.IsType<NegotiationResult.Declined>(await world.Run(buyer.RequestNegotiateAsync(dry)));

        await world.Run(seller.RegisterObjectiveAsync(Objective.DryRun("EX3")));
        await world.Run(buyer.RegisterObjectiveAsync(Objective.DryRun("EX3")));
        _ = Serve(seller, "EX3", (request, _) => request.Objective.IsDryRun ? request.Session.AcceptAsync() : request.Session.DeclineAsync());
        await Listens(world, seller);
        Assert.IsType<NegotiationResult.Accepted>(await world.Run(buyer.RequestNegotiateAsync(Objective.DryRun("EX3", 3))));
    }

    [Fact]
    public async Task I11_a_listener_serves_many_peers_at_once()
    {
        await using var world = Begin();
        const int Peers = 20;
        var waiting = new List<NegotiationSession>();
        var (buyer, _) = await Traders(world, async (request, _) =>
        {
            lock (waiting)
            {
                waiting.Add(request.Session);
                if (waiting.Count < Peers)
                    return;
            }
            foreach (var session in waiting) // nobody is answered before all are there
                await session.AcceptAsync();
        });
        var peer = await world.Run(buyer.DiscoverFirstAsync(Money, 10 * Second));
        var results = await world.Run(Task.WhenAll(
            Enumerable.Range(0, Peers).Select(n => buyer.RequestNegotiateAsync(Money with { Value = n }, peer))));
        Assert.Equal(Enumerable.Range(0, Peers).Select(n => (long)n), results.Select(r => ((NegotiationResult.Accepted)r).Objective.Value.ToInt64()));
    }

    [Fact]
    public async Task I12_stop_listen_negotiate_ends_the_loop_and_what_comes_then_is_refused()
    {
        await using var world = Begin();
        var (buyer, seller) = await Traders(world, (request, _) => request.Session.AcceptAsync());
        var peer = await world.Run(buyer.DiscoverFirstAsync(Money, 10 * Second));
        await world.Run(seller.RegisterObjectiveAsync(Objective.Negotiable("EX5")));
        var loop = Serve(seller, "EX5", (_, _) => Task.CompletedTask);
        await world.Run(seller.StopListenNegotiateAsync("EX5"));
        await world.Run(loop);
        await world.Run(buyer.RegisterObjectiveAsync(Objective.Negotiable("EX5")));
        var refused = await world.Fails<GraspPeerException>(buyer.RequestNegotiateAsync(Objective.Negotiable("EX5"), peer));
        Assert.Equal(GraspError.noPeer, refused.Error);
    }

    [Fact]
    public async Task I11_cancelling_ends_listening()
    {
        await using var world = Begin();
        var asa = await world.Run(world.Left.RegisterAsaAsync("listener"));
        await world.Run(asa.RegisterObjectiveAsync(Money));
        using var cancel = new CancellationTokenSource();
        var loop = Serve(asa, "EX1", (_, _) => Task.CompletedTask, cancel.Token);
        Assert.False(loop.IsCompleted);
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => world.Run(loop));
    }

    [Fact]
    public async Task I10_a_cancelled_request_ends_at_the_peer_too()
    {
        await using var world = Begin();
        var arrived = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        var left = new TaskCompletionSource<GraspError>();
        var (buyer, _) = await Traders(world, async (request, _) =>
        {
            arrived.SetResult();
            await cancelled.Task;
            var step = await Assert.ThrowsAsync<GraspPeerException>(() => request.Session.NegotiateStepAsync(request.Objective));
            left.SetResult(step.Error);
        });
        using var cancel = new CancellationTokenSource();
        var request = buyer.RequestNegotiateAsync(Money, cancel: cancel.Token);
        await world.Run(arrived.Task);
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => world.Run(request));
        cancelled.SetResult();
        // Whether the step or the peer was first is a matter of chance.
        Assert.Contains(await world.Run(left.Task), new[] { GraspError.noPeer, GraspError.sockErrNegStep });
    }

    [Fact]
    public async Task I22_values_are_any_cbor_and_may_be_large()
    {
        await using var world = Begin();
        var seller = await world.Run(world.Right.RegisterAsaAsync("seller"));
        var buyer = await world.Run(world.Left.RegisterAsaAsync("buyer"));
        var registration = new ObjectiveRegistration { MaxMessageSize = 200_000 };
        await world.Run(seller.RegisterObjectiveAsync(Money, registration));
        await world.Run(buyer.RegisterObjectiveAsync(Money, registration));
        var sent = CborValue.Array(1, -7, "text", true, CborValue.Null, new byte[100_000], CborValue.Array());
        var heard = new TaskCompletionSource<CborValue>();
        _ = Serve(seller, "EX1", async (request, _) =>
        {
            heard.SetResult(request.Objective.Value);
            await request.Session.AcceptAsync();
        });
        await Listens(world, seller);
        await world.Run(buyer.RequestNegotiateAsync(Money with { Value = sent }));
        Assert.Equal(sent, await heard.Task);
        Assert.Equal(-7, (await heard.Task).ToArray()[1].ToInt64());
    }

    [Fact]
    public async Task I15_I16_synchronize_gets_the_value_as_it_is_now()
    {
        await using var world = Begin();
        var source = await world.Run(world.Right.RegisterAsaAsync("source"));
        var reader = await world.Run(world.Left.RegisterAsaAsync("reader"));
        await world.Run(source.RegisterObjectiveAsync(Weather));
        var nobody = await world.Fails<GraspPeerException>(reader.SynchronizeAsync(Weather, timeout: 0.3 * Second));
        Assert.Equal(GraspError.notFloodDisc, nobody.Error);
        await world.Run(source.ListenSynchronizeAsync(Weather with { Value = "rain" }));
        Assert.Equal("rain", (await world.Run(reader.SynchronizeAsync(Weather))).Value.ToText());
        await world.Run(source.ListenSynchronizeAsync(Weather with { Value = "sun" }));
        Assert.Equal("sun", (await world.Run(reader.SynchronizeAsync(Weather))).Value.ToText());

        var peer = await world.Run(reader.DiscoverFirstAsync(Weather, 10 * Second));
        await world.Run(source.StopListenSynchronizeAsync("EX2"));
        await world.Fails<GraspPeerException>(reader.SynchronizeAsync(Weather, peer));
        var wrong = await world.Fails<GraspUsageException>(reader.SynchronizeAsync(Money));
        Assert.Equal(GraspError.notSynch, wrong.Error);
    }

    [Fact]
    public async Task I17_I19_floods_reach_others_and_can_be_expired()
    {
        await using var world = Begin();
        var source = await world.Run(world.Right.RegisterAsaAsync("source"));
        var reader = await world.Run(world.Left.RegisterAsaAsync("reader"));
        await world.Run(source.RegisterObjectiveAsync(Weather));
        Assert.Empty(await world.Run(reader.GetFloodAsync("EX2")));
        var unspecified = new Ipv6Locator(Ipv6Address.Unspecified, TransportProtocol.Udp, 4242);
        await world.Run(source.FloodAsync(60 * Second, [new TaggedObjective(Weather with { Value = 21 }, unspecified)]));

        var flood = Assert.Single(await world.Run(Flooded(reader)));
        Assert.Equal(21, flood.Objective.Value.ToInt64());
        Assert.InRange(flood.Ttl!.Value, Second, 60 * Second);
        // I-18: each interface puts its own link-local address there.
        Assert.Equal(unspecified with { Address = Ipv6Address.Parse("fe80::2") }, flood.Locator);
        Assert.Equal(21, (await world.Run(reader.SynchronizeAsync(Weather))).Value.ToInt64());

        await world.Run(reader.ExpireFloodAsync(flood));
        Assert.Empty(await world.Run(reader.GetFloodAsync("EX2")));
        var again = await world.Fails<GraspUsageException>(reader.ExpireFloodAsync(flood));
        Assert.Equal(GraspError.notObj, again.Error);
    }

    [Fact]
    public async Task I19_watching_gives_the_floods_that_are_known_and_then_each_that_is_new_or_changes()
    {
        await using var world = Begin();
        var source = await world.Run(world.Right.RegisterAsaAsync("source"));
        var reader = await world.Run(world.Left.RegisterAsaAsync("reader"));
        await world.Run(source.RegisterObjectiveAsync(Weather));
        await world.Run(source.FloodAsync(60 * Second, Weather with { Value = 1 }));
        await world.Run(Flooded(reader));

        using var enough = new CancellationTokenSource();
        await using var floods = reader.WatchFloodsAsync("EX2", enough.Token).GetAsyncEnumerator();
        Assert.True(await world.Run(floods.MoveNextAsync().AsTask()));
        Assert.Equal(1, floods.Current.Objective.Value.ToInt64());
        var next = floods.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        await world.Run(source.FloodAsync(60 * Second, Weather with { Value = 1 })); // again: no news
        await world.Run(source.FloodAsync(60 * Second, Weather with { Value = 2 }));
        Assert.True(await world.Run(next));
        Assert.Equal(2, floods.Current.Objective.Value.ToInt64());
        var never = floods.MoveNextAsync().AsTask();
        enough.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => world.Run(never));
        Assert.Equal(2, Assert.Single(await world.Run(reader.GetFloodAsync(null))).Objective.Value.ToInt64());
    }

    [Fact]
    public async Task I02_a_program_may_wait_for_the_network_and_look_at_what_the_engine_holds()
    {
        await using var world = Begin();
        await world.Run(world.Left.WaitUntilOperationalAsync());
        var asa = await world.Run(world.Left.RegisterAsaAsync("asa"));
        await world.Run(asa.RegisterObjectiveAsync(Weather));
        await world.Run(asa.FloodAsync(60 * Second, Weather with { Value = "fog" }));
        var dump = (await world.Run(world.Left.DumpAllAsync())).ToMap().ToDictionary(e => e.Key.ToText(), e => e.Value);
        Assert.True(dump["operational"].ToBoolean());
        Assert.Equal("[{\"name\": \"asa\", \"objectives\": [{\"name\": \"EX2\", \"flags\": 5, \"served\": false}]}]", dump["asas"].ToString());
        Assert.Contains("\"value\": \"fog\"", dump["floods"].ToString(), StringComparison.Ordinal);
        Assert.Equal(1, dump["counters"].ToMap().Single(e => e.Key == "floods_sent").Value.ToInt64());
    }

    [Fact]
    public async Task I28_a_call_may_be_awaited_polled_or_called_back()
    {
        await using var world = Begin();
        var (buyer, _) = await Traders(world, (request, _) => request.Session.AcceptAsync());
        Assert.IsType<NegotiationResult.Accepted>(await world.Run(buyer.RequestNegotiateAsync(Money)));
        var call = buyer.RequestNegotiateAsync(Money);
        Assert.False(call.IsCompleted); // noReply (2), so far
        await world.Run(call);
        Assert.True(call.IsCompletedSuccessfully);
        NegotiationResult? told = null;
        await world.Run(buyer.RequestNegotiateAsync(Money).ContinueWith(
            done => told = done.Result, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default));
        Assert.IsType<NegotiationResult.Accepted>(told);
    }

    [Fact]
    public async Task I22_values_of_ones_own_type_go_by_a_converter()
    {
        await using var world = Begin();
        var source = await world.Run(world.Right.RegisterAsaAsync("source"));
        var reader = await world.Run(world.Left.RegisterAsaAsync("reader"));
        await world.Run(source.RegisterObjectiveAsync(Weather));
        var sent = new Reading("Oslo", -3.5);
        await world.Run(source.ListenSynchronizeAsync(Weather with { Value = CborValue.From(sent, ReadingConverter.Instance) }));
        var got = await world.Run(reader.SynchronizeAsync(Weather));
        Assert.Equal(sent, got.Value.To(ReadingConverter.Instance));
        Assert.Equal("[\"Oslo\", -3.5]", got.Value.ToString());
        await world.Run(source.ListenSynchronizeAsync(Weather with { Value = CborValue.Array("Oslo") }));
        var less = await world.Run(reader.SynchronizeAsync(Weather));
        Assert.Throws<FormatException>(() => less.Value.To(ReadingConverter.Instance));
    }

    private sealed record Reading(string Place, double Degrees);

    private sealed class ReadingConverter : ICborConverter<Reading>
    {
        public static readonly ReadingConverter Instance = new();

        public void Write(CborWriter writer, Reading value)
        {
            writer.WriteStartArray(2);
            writer.WriteTextString(value.Place);
            writer.WriteDouble(value.Degrees);
            writer.WriteEndArray();
        }

        public Reading Read(CborReader reader)
        {
            reader.ReadStartArray();
            var reading = new Reading(reader.ReadTextString(), reader.ReadDouble());
            reader.ReadEndArray();
            return reading;
        }
    }

    [Fact]
    public async Task I20_a_free_exchange_says_what_it_likes()
    {
        await using var world = Begin();
        var (buyer, _) = await Traders(world, async (request, _) =>
        {
            var heard = await request.Session.ReceiveAsync();
            await request.Session.SendAsync(CborValue.Array("echo", heard));
            await request.Session.AcceptAsync();
        });
        var session = await world.Run(buyer.RequestExchangeAsync(Money));
        await world.Run(session.SendAsync("hello"));
        Assert.Equal(CborValue.Array("echo", "hello"), await world.Run(session.ReceiveAsync(5 * Second)));
    }

    [Fact]
    public async Task H46_rapid_mode_needs_both_the_engine_and_the_objective()
    {
        await using var world = Begin(new GraspOptions
        {
            Kind = GraspInstanceKind.Standalone,
            RapidNegotiation = true,
            RapidSynchronization = true,
        });
        var seller = await world.Run(world.Right.RegisterAsaAsync("seller"));
        var buyer = await world.Run(world.Left.RegisterAsaAsync("buyer"));
        var rapid = new ObjectiveRegistration { Rapid = true };
        await world.Run(seller.RegisterObjectiveAsync(Money, rapid));
        await world.Run(seller.RegisterObjectiveAsync(Weather, rapid));
        await world.Run(buyer.RegisterObjectiveAsync(Money));
        _ = Serve(seller, "EX1", (request, _) => request.Session.AcceptAsync());
        await world.Run(seller.ListenSynchronizeAsync(Weather with { Value = 5 }));
        Assert.IsType<NegotiationResult.Accepted>(await world.Run(buyer.RequestNegotiateAsync(Money with { Value = 1 }, rapid: true)));
        Assert.Equal(5, (await world.Run(buyer.SynchronizeAsync(Weather, rapid: true))).Value.ToInt64());
    }

    // Datagrams take their time: ask until there is something.
    private static async Task<IReadOnlyList<TaggedObjective>> Flooded(GraspAsa reader)
    {
        while (true)
        {
            if (await reader.GetFloodAsync("EX2") is { Count: > 0 } found)
                return found;
            await reader.DiscoverAsync(Objective.Negotiable("nobody"), TimeSpan.FromMilliseconds(5));
        }
    }

    // Calls of one program arrive in order: when this one is answered, the one that listens is there.
    private static Task Listens(World world, GraspAsa asa) => world.Run(asa.GetFloodAsync("EX2"));

    /// <summary>A buyer on the left, and on the right a seller who serves each request as a task of its own.</summary>
    private static async Task<(GraspAsa Buyer, GraspAsa Seller)> Traders(World world, Func<NegotiationRequest, GraspAsa, Task> serve)
    {
        var seller = await world.Run(world.Right.RegisterAsaAsync("seller"));
        var buyer = await world.Run(world.Left.RegisterAsaAsync("buyer"));
        await world.Run(seller.RegisterObjectiveAsync(Money));
        await world.Run(buyer.RegisterObjectiveAsync(Money));
        _ = Serve(seller, "EX1", serve);
        await Listens(world, seller);
        return (buyer, seller);
    }

    private static async Task Serve(
        GraspAsa asa, string objective, Func<NegotiationRequest, GraspAsa, Task> serve, CancellationToken cancel = default)
    {
        await foreach (var request in asa.ListenNegotiateAsync(objective, cancel))
            _ = serve(request, asa);
    }
}
