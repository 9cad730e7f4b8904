using Acp.Core.Grasp;
using Acp.Wire.Grasp;

namespace Acp.Tests.GraspEngineRoom;

/// <summary>Calls that wait for floods, or for a network.</summary>
public class WatchTests
{
    private const int AtOnce = 64;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly TestNetwork _network = TestNetwork.Line(2, options: new GraspOptions { MaxObjectivesPerAsa = 1000 });

    private TestNode Node => _network.Nodes[0];

    [Fact]
    public void I19_a_watch_gives_what_is_known_and_then_waits_for_news()
    {
        var asa = Asa();
        Flood(asa, "a", 1);
        Flood(asa, "b", 1);
        var (names, next) = Answered(Watch(asa, null, 0));
        Assert.Equal(["a", "b"], names);

        var waiting = Watch(asa, null, next);
        Assert.False(Node.Results.ContainsKey(waiting));
        Flood(asa, "a", 1); // a repetition is no news
        Assert.False(Node.Results.ContainsKey(waiting));
        Flood(asa, "a", 2);
        (names, next) = Answered(waiting);
        Assert.Equal(["a"], names);

        // What changed between two calls is told once, as it is now, in the order of the last changes.
        Flood(asa, "b", 2);
        Flood(asa, "a", 3);
        Flood(asa, "b", 3);
        (names, _) = Answered(Watch(asa, null, next));
        Assert.Equal(["a", "b"], names);
    }

    [Fact]
    public void I19_a_watch_of_one_objective_sleeps_through_the_others()
    {
        var asa = Asa();
        var waiting = Watch(asa, "b", 0);
        Flood(asa, "a", 1);
        Assert.False(Node.Results.ContainsKey(waiting));
        Flood(asa, "b", 1);
        var (names, next) = Answered(waiting);
        Assert.Equal(["b"], names);
        Assert.Equal(2, next);
    }

    [Fact]
    public void I19_what_has_expired_or_was_expired_is_not_told()
    {
        var asa = Asa();
        Flood(asa, "a", 1);
        Flood(asa, "b", 1);
        Node.Call(new GraspCommand.ExpireFlood(asa, "a", null));
        Assert.Equal(["b"], Answered(Watch(asa, null, 0)).Names);
        _network.Advance(Minute);
        var waiting = Watch(asa, null, 0);
        Assert.False(Node.Results.ContainsKey(waiting));
        Flood(asa, "b", 1); // the same value, but there was none any more
        Assert.Equal(["b"], Answered(waiting).Names);
    }

    [Fact]
    public void Many_are_told_in_parts()
    {
        var asa = Asa();
        for (var n = 0; n < 2 * AtOnce + 1; n++)
            Flood(asa, "o" + n, 1);
        var names = new List<string>();
        var next = 0L;
        for (var part = 0; part < 3; part++)
        {
            var (found, then) = Answered(Watch(asa, null, next));
            Assert.Equal(part < 2 ? AtOnce : 1, found.Count);
            names.AddRange(found);
            next = then;
        }
        Assert.Equal(Enumerable.Range(0, names.Count).Select(n => "o" + n), names);
    }

    [Fact]
    public void I04_watches_end_with_their_asa_and_with_their_call()
    {
        var asa = Asa();
        var other = Node.Asa(Samples.Synchronizable(), "other");
        var cancelled = Watch(asa, null, 0);
        Node.Engine.HandleCancel(_network.Now, cancelled);
        var waiting = Watch(asa, null, 0);
        var still = Watch(other, null, 0);
        Assert.Equal(GraspError.ok, Node.Call(new GraspCommand.DeregisterAsa(asa, "asa")).Error);
        Assert.Equal(GraspError.noASA, Node.Results[waiting].Error);
        Assert.False(Node.Results.ContainsKey(cancelled));
        Assert.False(Node.Results.ContainsKey(still));
        Assert.Equal(1, Node.Engine.PendingCount);
        Assert.Equal(GraspError.noASA, Node.Call(new GraspCommand.WatchFloods(asa, null, 0)).Error);
    }

    [Fact]
    public void I02_who_waits_for_the_network_is_told_when_it_is_there()
    {
        Assert.Equal(GraspError.ok, Node.Call(new GraspCommand.AwaitOperational()).Error);
        Node.Engine.SetOperational(_network.Now, false);
        var asa = Asa(); // which needs no network
        var waiting = Node.Begin(new GraspCommand.AwaitOperational());
        var cancelled = Node.Begin(new GraspCommand.AwaitOperational());
        Node.Engine.HandleCancel(_network.Now, cancelled);
        Assert.Equal(GraspError.noSecurity, Node.Call(new GraspCommand.WatchFloods(asa, null, 0)).Error);
        Assert.False(Node.Results.ContainsKey(waiting));
        Node.Engine.SetOperational(_network.Now, true);
        _network.Perform(Node);
        Assert.Equal(GraspError.ok, Node.Results[waiting].Error);
        Assert.False(Node.Results.ContainsKey(cancelled));
        Assert.Equal(0, Node.Engine.PendingCount);
    }

    private AsaHandle Asa()
    {
        var asa = Node.Asa("asa");
        foreach (var name in new[] { "a", "b" }.Concat(Enumerable.Range(0, 2 * AtOnce + 1).Select(n => "o" + n)))
            Assert.Equal(GraspError.ok, Node.Call(new GraspCommand.RegisterObjective(asa, Named(name, 0))).Error);
        return asa;
    }

    private static Objective Named(string name, byte value) =>
        new(name, ObjectiveFlags.F_DISC | ObjectiveFlags.F_SYNCH, 6, new[] { value });

    private void Flood(AsaHandle asa, string name, byte value)
    {
        var error = Node.Call(new GraspCommand.Flood(asa, Minute, [new FloodEntry(Named(name, value), null)])).Error;
        Assert.Equal(GraspError.ok, error);
    }

    private CommandId Watch(AsaHandle asa, string? name, long after) => Node.Begin(new GraspCommand.WatchFloods(asa, name, after));

    private (List<string> Names, long Next) Answered(CommandId id)
    {
        Assert.True(Node.Results.TryGetValue(id, out var result), "no answer");
        var news = Assert.IsType<GraspResult.FloodNews>(result);
        return ([.. news.Objectives.Select(f => f.Objective.Name)], news.Next);
    }
}
