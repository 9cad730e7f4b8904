using Acp.Asa;

namespace AsaSamples;

/// <summary>A seller who comes down, and a buyer who comes up.</summary>
internal static class Negotiation
{
    private static readonly Objective Price = Objective.Negotiable("example:price");

    public static async Task RunAsync(GraspApi here, GraspApi there, Action<string> print)
    {
        await using var seller = await there.RegisterAsaAsync("seller");
        await seller.RegisterObjectiveAsync(Price);
        using var evening = new CancellationTokenSource();
        var selling = SellAsync(seller, evening.Token);

        await using var buyer = await here.RegisterAsaAsync("buyer");
        await buyer.RegisterObjectiveAsync(Price);
        foreach (var limit in new[] { 10, 90 })
            print(await BuyAsync(buyer, limit));

        // Leaving the loop stops listening.
        evening.Cancel();
        await selling.ContinueWith(_ => { }, TaskContinuationOptions.ExecuteSynchronously);
    }

    private static async Task<string> BuyAsync(GraspAsa buyer, int limit)
    {
        // Without a peer, one is discovered. What comes back is one of three.
        var bid = limit / 2;
        var result = await buyer.RequestNegotiateAsync(Price with { Value = bid });
        while (result is NegotiationResult.CounterOffer(var session, var offer))
        {
            if (offer.Value.ToInt64() <= limit)
            {
                await session.AcceptAsync();
                return $"bought for {offer.Value}";
            }

            bid = Math.Min(limit, bid + 20);
            result = await session.NegotiateStepAsync(Price with { Value = bid });
        }

        return result switch
        {
            NegotiationResult.Accepted(var agreed) => $"bought for {agreed.Value}",
            NegotiationResult.Declined(var reason) => $"no deal: {reason}",
            _ => "",
        };
    }

    private static async Task SellAsync(GraspAsa seller, CancellationToken cancel)
    {
        // Each request is served by a task of its own: many buyers at once.
        await foreach (var request in seller.ListenNegotiateAsync(Price.Name, cancel))
            _ = ServeAsync(request);
    }

    private static async Task ServeAsync(NegotiationRequest request)
    {
        // Disposing of a session that is not over declines, so that no peer waits for a timeout.
        await using var session = request.Session;
        var asking = 120;
        var bid = request.Objective.Value.ToInt64();
        while (bid < 50)
        {
            // Not sure yet? It is still our turn, and the peer waits that much longer.
            await session.NegotiateWaitAsync(TimeSpan.FromSeconds(30));
            asking -= 40;
            if (asking < 50)
            {
                await session.DeclineAsync("less than it cost me");
                return;
            }

            if (await session.NegotiateStepAsync(Price with { Value = asking }) is not NegotiationResult.CounterOffer(_, var next))
                return;
            bid = next.Value.ToInt64();
        }

        await session.AcceptAsync();
    }
}
