using Acp.Asa;

namespace AsaSamples;

/// <summary>Both ends say what they like, as graspy's gsend and grecv have it.</summary>
internal static class FreeExchange
{
    private static readonly Objective Chat = Objective.Negotiable("example:chat");

    public static async Task RunAsync(GraspApi here, GraspApi there, Action<string> print)
    {
        await using var host = await there.RegisterAsaAsync("host");
        await host.RegisterObjectiveAsync(Chat);
        var hosting = HostAsync(host);

        await using var guest = await here.RegisterAsaAsync("guest");
        await guest.RegisterObjectiveAsync(Chat);
        await using var session = await guest.RequestExchangeAsync(Chat);
        await session.SendAsync("hello");
        print((await session.ReceiveAsync(TimeSpan.FromSeconds(10))).ToText());
        await session.SendAsync(CborValue.Array(1, 2, 39));
        print((await session.ReceiveAsync(TimeSpan.FromSeconds(10))).ToString());
        await hosting;
    }

    private static async Task HostAsync(GraspAsa host)
    {
        await foreach (var request in host.ListenNegotiateAsync(Chat.Name))
        {
            await using var session = request.Session;
            var word = await session.ReceiveAsync(TimeSpan.FromSeconds(10));
            await session.SendAsync($"you said {word}");
            var numbers = await session.ReceiveAsync(TimeSpan.FromSeconds(10));
            await session.SendAsync(numbers.ToArray().Sum(n => n.ToInt64()));
            break;
        }
    }
}
