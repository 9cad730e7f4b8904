using Acp.Asa;
using Acp.Asa.Embedded;
using Acp.Core.Grasp;
using Acp.Wire.Grasp;
using Objective = Acp.Asa.Objective;

namespace Acp.Tests.AsaRoom;

/// <summary>QUADS over real sockets: engines with the same password, another, and none, on one cable.</summary>
public sealed class QuadsNodeTests : IDisposable
{
    private static readonly Objective Weather = Objective.Synchronizable("EX2");
    private static readonly Objective Loan = Objective.Negotiable("EX3");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly InsecureQuads _ours = InsecureQuads.FromPassword("secret");
    private readonly InsecureQuads _same = InsecureQuads.FromPassword("secret");
    private readonly InsecureQuads _others = InsecureQuads.FromPassword("other");

    public void Dispose()
    {
        _ours.Dispose();
        _same.Dispose();
        _others.Dispose();
    }

    [Fact]
    public async Task O15_two_engines_of_a_quads_domain_discover_synchronize_negotiate_and_flood()
    {
        await using var world = new SocketWorld(null, _ours, _same);
        var source = await world.RightNode.RegisterAsaAsync("source");
        await source.RegisterObjectiveAsync(Weather);
        await source.ListenSynchronizeAsync(Weather with { Value = new byte[1500] });
        await source.RegisterObjectiveAsync(Loan);
        var serving = Serve(source);
        var reader = await world.LeftNode.RegisterAsaAsync("reader");
        await reader.RegisterObjectiveAsync(Loan);
        Assert.Equal(1500, (await reader.SynchronizeAsync(Weather).WaitAsync(Patience)).Value.ToBytes().Length);
        var agreed = await reader.RequestNegotiateAsync(Loan with { Value = 7 }).WaitAsync(Patience);
        Assert.IsType<NegotiationResult.Accepted>(agreed);
        await serving.WaitAsync(Patience);
        await source.FloodAsync(TimeSpan.FromMinutes(1), Weather with { Value = 3 });
        await Until(async () => (await reader.GetFloodAsync("EX2")).Count == 1);
    }

    [Fact]
    public async Task O19_domains_with_another_password_or_none_do_not_mix_and_what_does_not_fit_is_counted()
    {
        await using var world = new SocketWorld(null, _ours, null);
        await using var stranger = world.StartNeighbor(_others);
        await using var friend = world.StartNeighbor(_same);
        var insider = await world.LeftNode.RegisterAsaAsync("insider");
        await insider.RegisterObjectiveAsync(Weather);
        await insider.ListenSynchronizeAsync(Weather with { Value = "inside" });
        var outsider = await world.RightNode.RegisterAsaAsync("outsider");
        await outsider.RegisterObjectiveAsync(Loan);
        // Both flood; each domain has its own, and the end of what came by is seen by a flood that does get through.
        foreach (var (node, name) in new[] { (world.RightNode, "411:clear"), (stranger, "411:other"), (friend, "411:same") })
        {
            var asa = await node.RegisterAsaAsync("flooder");
            var objective = Objective.Synchronizable(name, name);
            await asa.RegisterObjectiveAsync(objective);
            await asa.FloodAsync(TimeSpan.FromMinutes(1), objective);
        }
        await Until(async () => (await insider.GetFloodAsync("411:same")).Count == 1 && world.LeftNode.UndecryptableCount >= 2);
        Assert.Empty(await insider.GetFloodAsync("411:clear"));
        Assert.Empty(await insider.GetFloodAsync("411:other"));
        Assert.Empty(await outsider.GetFloodAsync("411:same"));
        // Nor is a stream of use to the wrong one.
        var where = Acp.Asa.AsaLocator.Tcp(Acp.Wire.Ipv6Address.Parse("fd89:b714:f3db::1"), world.LeftNode.Port);
        var refused = await Assert.ThrowsAnyAsync<GraspException>(() => outsider.SynchronizeAsync(Weather, where, TimeSpan.FromSeconds(2)).WaitAsync(Patience));
        Assert.NotEqual(GraspError.ok, refused.Error);
    }

    private static async Task Serve(GraspAsa bank)
    {
        await foreach (var request in bank.ListenNegotiateAsync("EX3"))
        {
            await request.Session.AcceptAsync();
            return;
        }
    }

    private static async Task Until(Func<Task<bool>> condition)
    {
        var end = DateTime.UtcNow + Patience;
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < end, "it does not happen");
            await Task.Delay(20);
        }
    }
}
