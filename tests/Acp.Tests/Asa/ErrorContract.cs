using Acp.Asa;
using Acp.Core.Grasp;
using Acp.Wire;
using Acp.Wire.Grasp;
using AsaLocator = Acp.Asa.AsaLocator;
using Objective = Acp.Asa.Objective;

namespace Acp.Tests.AsaRoom;

/// <summary>Every error code of RFC 8991 Appendix A, and every one of ours, as an ASA author meets it.</summary>
public abstract class ErrorContract
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly Objective Money = Objective.Negotiable("EX1");
    private static readonly Objective Weather = Objective.Synchronizable("EX2");
    private static readonly Ipv6Address Right = Ipv6Address.Parse("fd89:b714:f3db::2");

    /// <summary>
    /// Not to be met here: success, what the API takes care of (7 and 31, which tests of the engine produce), and an engine
    /// that is without a network or gone (tests of nodes and of attaching).
    /// </summary>
    private static readonly GraspError[] Elsewhere =
        [GraspError.ok, GraspError.notYourASA, GraspError.IDclash, GraspError.noSecurity, GraspError.noEngine];

    private readonly HashSet<GraspError> _seen = [];

    private protected abstract World Make(GraspOptions? options);

    /// <summary>What a scripted peer is needed for, where there is none.</summary>
    private protected virtual IReadOnlyList<GraspError> NeedScript => [];

    [Fact]
    public async Task I01_every_error_code_is_met()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        await using (var world = Make(null))
        {
            await Registration(world);
            await Requests(world);
            await Sessions(world);
            await Peers(world);
            await Synchronization(world);
            await Floods(world);
        }
        await using (var world = Make(new GraspOptions
        {
            Kind = GraspInstanceKind.Standalone,
            MaxAsas = 1,
            MaxObjectivesPerAsa = 1,
            MaxSessions = 0,
            SupportsOverlap = false,
            ExperimentalObjectives = false,
        }))
        {
            await Limits(world);
        }
        Assert.Equal(Enum.GetValues<GraspError>().Except(Elsewhere).Except(NeedScript).Order(), _seen.Order());
    }

    private async Task Meets<TException>(World world, GraspError code, Task call)
        where TException : GraspException
    {
        var failure = await Record.ExceptionAsync(() => world.Run(call));
        Assert.True(failure is TException, $"{code}: {failure?.GetType().Name ?? "success"} instead of {typeof(TException).Name} ({failure?.Message})");
        Assert.Equal(code, ((GraspException)failure!).Error);
        _seen.Add(code);
    }

    private async Task Registration(World world)
    {
        await using var one = await world.Run(world.Left.RegisterAsaAsync("one"));
        await using var two = await world.Run(world.Left.RegisterAsaAsync("two"));
        await Meets<GraspUsageException>(world, GraspError.dupASA, world.Left.RegisterAsaAsync("one"));
        await Meets<GraspUsageException>(
            world, GraspError.notBoth, one.RegisterObjectiveAsync(new Objective("EX3", ObjectiveFlags.F_NEG | ObjectiveFlags.F_SYNCH)));
        await Meets<GraspUsageException>(
            world, GraspError.notDry, one.RegisterObjectiveAsync(new Objective("EX3", ObjectiveFlags.F_SYNCH | ObjectiveFlags.F_NEG_DRY)));
        await world.Run(one.RegisterObjectiveAsync(Money));
        await world.Run(one.RegisterObjectiveAsync(Weather));
        await Meets<GraspUsageException>(world, GraspError.objReg, two.RegisterObjectiveAsync(Money));
        await Meets<GraspUsageException>(world, GraspError.notYourObj, two.DeregisterObjectiveAsync("EX1"));
        await Meets<GraspUsageException>(world, GraspError.notObj, two.DeregisterObjectiveAsync("EX9"));
        await Meets<GraspUsageException>(world, GraspError.notNeg, one.RequestNegotiateAsync(Weather));
        await Meets<GraspUsageException>(world, GraspError.notSynch, one.SynchronizeAsync(Money));
        var gone = await world.Run(world.Left.RegisterAsaAsync("gone"));
        await world.Run(gone.DeregisterAsaAsync());
        await Meets<GraspUsageException>(world, GraspError.noASA, gone.GetFloodAsync("EX2"));
    }

    private async Task Requests(World world)
    {
        await using var asa = await world.Run(world.Left.RegisterAsaAsync("asker"));
        await world.Run(asa.RegisterObjectiveAsync(Money));
        await Meets<GraspPeerException>(world, GraspError.noDiscReply, asa.RequestNegotiateAsync(Money, timeout: 0.2 * Second));
        await Meets<GraspPeerException>(world, GraspError.notFloodDisc, asa.SynchronizeAsync(Weather, timeout: 0.2 * Second));
        await Meets<GraspPeerException>(world, GraspError.sockErrNegRq, asa.RequestNegotiateAsync(Money, AsaLocator.Tcp(Right, 9)));
        await Meets<GraspPeerException>(world, GraspError.sockErrSynRq, asa.SynchronizeAsync(Weather, AsaLocator.Tcp(Right, 9)));
        await Meets<GraspUsageException>(world, GraspError.messageTooLong, asa.RequestNegotiateAsync(Money with { Value = new byte[3000] }));
        var deep = CborValue.Null;
        for (var n = 0; n < 30; n++)
            deep = CborValue.Array(deep);
        await Meets<GraspUsageException>(world, GraspError.badValue, asa.RequestNegotiateAsync(Money with { Value = deep }));
    }

    private async Task Sessions(World world)
    {
        NegotiationSession? last = null;
        var (buyer, seller) = await Traders(world, request =>
        {
            last = request.Session;
            return request.Objective.Value.ToInt64() switch
            {
                0 => request.Session.DeclineAsync("no"),
                1 => Task.CompletedTask, // says nothing
                _ => request.Session.NegotiateStepAsync(request.Objective),
            };
        });
        await using (seller)
        await using (buyer)
        {
            var peer = (await world.Run(buyer.DiscoverFirstAsync(Money, 10 * Second)))!;
            Assert.IsType<NegotiationResult.Declined>(await world.Run(buyer.RequestNegotiateAsync(Money with { Value = 0 }, peer)));
            _seen.Add(GraspError.declined);
            await Meets<GraspPeerException>(
                world, GraspError.noNegReply, buyer.RequestNegotiateAsync(Money with { Value = 1 }, peer, 0.2 * Second));

            var offer = (NegotiationResult.CounterOffer)await world.Run(buyer.RequestNegotiateAsync(Money with { Value = 2, LoopCount = 2 }, peer));
            await Meets<GraspUsageException>(world, GraspError.unspec, last!.NegotiateStepAsync(offer.Objective)); // not its turn
            await Meets<GraspPeerException>(world, GraspError.loopExhausted, offer.Session.NegotiateStepAsync(offer.Objective));
            await Meets<GraspUsageException>(world, GraspError.noSession, offer.Session.AcceptAsync());

            // A peer that left while we thought about it: each call says what it could not do.
            foreach (var (code, call) in new (GraspError, Func<NegotiationSession, Task>)[]
            {
                (GraspError.sockErrNegStep, s => s.NegotiateStepAsync(Money with { Value = 3 })),
                (GraspError.sockErrEnd, s => s.AcceptAsync()),
            })
            {
                using var leave = new CancellationTokenSource();
                last = null;
                var request = buyer.RequestNegotiateAsync(Money with { Value = 1 }, peer, cancel: leave.Token);
                await world.Run(Until(buyer, () => Task.FromResult(last is not null)));
                var left = last!;
                leave.Cancel();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => world.Run(request));
                await world.Run(Until(buyer, () => Fails(() => left.NegotiateWaitAsync(Second), GraspError.sockErrWait)));
                await Meets<GraspPeerException>(world, code, call(left));
            }
            _seen.Add(GraspError.sockErrWait);

            await world.Run(seller.StopListenNegotiateAsync("EX1"));
            await Meets<GraspPeerException>(world, GraspError.noPeer, buyer.RequestNegotiateAsync(Money, peer));
        }
    }

    // A free exchange may say anything, also what no negotiation would.
    private async Task Peers(World world)
    {
        var nonsense = new Dictionary<long, CborValue>
        {
            [24] = "no message at all",
            [25] = CborValue.Array(5, 1, CborValue.Array("EX1")), // M_NEGOTIATE without the rest
            [26] = CborValue.Array(6, 1, "yes"), // M_END without an option
            [28] = CborValue.Array(8, 1, CborValue.Array("EX1", 3, 6, 0)), // M_SYNCH
        };
        var (buyer, seller) = await Traders(world, async request =>
        {
            if (nonsense.TryGetValue(request.Objective.Value.ToInt64(), out var item))
                await request.Session.SendAsync(item);
            else
                await request.Session.DeclineAsync();
        });
        await using (seller)
        await using (buyer)
        {
            foreach (var code in nonsense.Keys)
                await Meets<GraspPeerException>(world, (GraspError)code, buyer.RequestNegotiateAsync(Money with { Value = code }));
            var exchange = await world.Run(buyer.RequestExchangeAsync(Money with { Value = 0 }));
            await world.Run(exchange.ReceiveAsync(5 * Second)); // M_END, here an item like any other
            await world.Run(Until(buyer, () => Fails(() => exchange.SendAsync(1), GraspError.noSocket)));
            _seen.Add(GraspError.noSocket);
            var silent = await world.Run(buyer.RequestExchangeAsync(Money with { Value = 24 }));
            await world.Run(silent.ReceiveAsync(5 * Second));
            await Meets<GraspPeerException>(world, GraspError.noReply, silent.ReceiveAsync(0.1 * Second));
        }
    }

    private async Task Synchronization(World world)
    {
        await using var source = await world.Run(world.Right.RegisterAsaAsync("source"));
        await using var reader = await world.Run(world.Left.RegisterAsaAsync("reader"));
        await world.Run(source.RegisterObjectiveAsync(Weather, new ObjectiveRegistration { Discoverable = true }));
        await Meets<GraspPeerException>(world, GraspError.noListener, reader.SynchronizeAsync(Weather));
        if (world.Script(null) is { } mute)
            await Meets<GraspPeerException>(world, GraspError.noSynchReply, reader.SynchronizeAsync(Weather, mute, 0.2 * Second));
        if (world.Script(new InvalidMessage(1, null).Encode()) is { } confused)
            await Meets<GraspPeerException>(world, GraspError.noValidSynch, reader.SynchronizeAsync(Weather, confused));
    }

    private async Task Floods(World world)
    {
        await using var asa = await world.Run(world.Left.RegisterAsaAsync("flooder"));
        await world.Run(asa.RegisterObjectiveAsync(Weather));
        var nowhere = new Ipv6Locator(Ipv6Address.Parse("ff02::1"), TransportProtocol.Tcp, 1);
        await Meets<GraspUsageException>(world, GraspError.invalidLoc, asa.FloodAsync(Second, [new TaggedObjective(Weather, nowhere)]));
    }

    private async Task Limits(World world)
    {
        await using var only = await world.Run(world.Left.RegisterAsaAsync("only"));
        await Meets<GraspUnavailableException>(world, GraspError.ASAfull, world.Left.RegisterAsaAsync("another"));
        await Meets<GraspUsageException>(world, GraspError.experimental, only.RegisterObjectiveAsync(Money));
        var own = Objective.Negotiable("411:money");
        await Meets<GraspUsageException>(
            world, GraspError.notOverlap, only.RegisterObjectiveAsync(own, new ObjectiveRegistration { Overlap = true }));
        await world.Run(only.RegisterObjectiveAsync(own));
        await Meets<GraspUnavailableException>(world, GraspError.objFull, only.RegisterObjectiveAsync(Objective.Negotiable("411:more")));
        await Meets<GraspUnavailableException>(world, GraspError.sessionsFull, only.RequestNegotiateAsync(own));
    }

    private static async Task<(GraspAsa Buyer, GraspAsa Seller)> Traders(World world, Func<NegotiationRequest, Task> serve)
    {
        var seller = await world.Run(world.Right.RegisterAsaAsync("seller"));
        var buyer = await world.Run(world.Left.RegisterAsaAsync("buyer"));
        await world.Run(seller.RegisterObjectiveAsync(Money));
        await world.Run(buyer.RegisterObjectiveAsync(Money));
        _ = Serve();
        await world.Run(seller.GetFloodAsync("EX2")); // answered after the call that listens has arrived
        return (buyer, seller);

        async Task Serve()
        {
            await foreach (var request in seller.ListenNegotiateAsync("EX1"))
                _ = serve(request);
        }
    }

    private static async Task<bool> Fails(Func<Task> call, GraspError code)
    {
        try
        {
            await call();
            return false;
        }
        catch (GraspException e)
        {
            return e.Error == code;
        }
    }

    // Streams take a moment to close: ask until it is so.
    private static async Task Until(GraspAsa clock, Func<Task<bool>> met)
    {
        while (!await met())
            await clock.DiscoverAsync(Objective.Negotiable("nobody"), TimeSpan.FromMilliseconds(5));
    }
}
