namespace Acp.Explorer;

/// <summary>
/// Every exchange and every collision by name, each with every single loss, every single duplicate, every single delay and every
/// pairwise reordering of its datagrams; and, when asked for, every pair of losses.
/// </summary>
public static class Scenarios
{
    /// <summary>Until then the two are connected, in scenarios that begin with a channel.</summary>
    private static readonly TimeSpan Connected = TimeSpan.FromSeconds(1.5);

    private static readonly OperationKind[] Acts = [OperationKind.RekeyChild, OperationKind.RekeyIke, OperationKind.Renew, OperationKind.Close];

    /// <summary>How often the same answer comes: at once, shortly after, after the retransmission, long after.</summary>
    private static readonly double[] Again = [1, 5, 700, 3000];

    private static readonly double[] Lateness = [2.5, 4.5, 700, 1500, 6000];

    /// <summary>Most datagrams of one scenario to which something is done.</summary>
    private const int Window = 24;

    /// <summary>The scenarios without faults.</summary>
    public static IEnumerable<(string Name, Schedule Schedule)> Plain()
    {
        foreach (var setup in Setup.All)
        {
            if (setup == Setup.ShortLives || setup == Setup.FewIds)
                continue;
            var expect = setup.BRefuses ? Expectation.None : Expectation.Unbroken;
            foreach (var node in new[] { 0, 1 })
            {
                if (setup != Setup.Detours && setup != Setup.Group || node == 0)
                    yield return ($"initiation by {"AB"[node]}, {setup}", Of(setup, expect, new Operation(default, node, OperationKind.Initiate)));
            }

            foreach (var offset in setup.BRefuses ? [] : new[] { 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5 })
            {
                foreach (var first in new[] { 0, 1 })
                {
                    yield return ($"simultaneous initiation, {"AB"[first]} first by {offset} ms, {setup}", Of(setup, Expectation.Unbroken,
                        new Operation(default, first, OperationKind.Initiate),
                        new Operation(TimeSpan.FromMilliseconds(offset), 1 - first, OperationKind.Initiate)) with
                    { Answers = TimeSpan.FromMilliseconds(setup == Setup.Full ? 0.7 : 0) });
                }
            }
        }

        foreach (var node in new[] { 0, 1 })
        {
            foreach (var act in Acts)
            {
                yield return ($"{act} by {"AB"[node]}", AfterConnecting(Setup.Plain, After(act), (0, node, act)));
                yield return ($"{act} by {"AB"[node]}, group", AfterConnecting(Setup.Group, After(act), (0, node, act)));
                yield return ($"{act} by {"AB"[node]} while the other stands still",
                    AfterConnecting(Setup.Plain, After(act), (0, node, act), (0.2, 1 - node, OperationKind.Pause)));
            }

            yield return ($"shutdown of {"AB"[node]}", AfterConnecting(Setup.Plain, Expectation.None, (0, node, OperationKind.Shutdown)));
            yield return ($"liveness, {"AB"[node]} hears a hint", AfterConnecting(Setup.Plain, Expectation.Unbroken, (0, node, OperationKind.Hint)));
            yield return ($"liveness after silence", AfterConnecting(Setup.Plain, Expectation.Unbroken, (11_000, node, OperationKind.Send)));
            yield return ($"both rekeyings by {"AB"[node]}", AfterConnecting(Setup.Plain, Expectation.Unbroken,
                (0, node, OperationKind.RekeyChild), (0, node, OperationKind.RekeyIke)));
            yield return ($"both rekeyings by {"AB"[node]}, IKE first", AfterConnecting(Setup.Plain, Expectation.Unbroken,
                (0, node, OperationKind.RekeyIke), (0, node, OperationKind.RekeyChild)));
            foreach (var initiator in new[] { 0, 1 })
            {
                yield return ($"crash of {"AB"[node]}, then {"AB"[initiator]} begins", AfterConnecting(Setup.Plain, Expectation.One,
                    (0, node, OperationKind.Crash), (5, initiator, OperationKind.Initiate)) with
                { AWants = true, BWants = true });
                yield return ($"crash of {"AB"[node]} in mid-rekeying of {"AB"[initiator]}", AfterConnecting(Setup.Plain, Expectation.One,
                    (0, initiator, OperationKind.RekeyIke), (1.5, node, OperationKind.Crash)) with
                { AWants = true, BWants = true });
            }

            yield return ($"link of {"AB"[node]} down and up", AfterConnecting(Setup.Plain, Expectation.One,
                (0, node, OperationKind.LinkDown), (50, node, OperationKind.LinkUp)) with
            { AWants = true, BWants = true });
            yield return ($"link of {"AB"[node]} down and up in mid-rekeying", AfterConnecting(Setup.Plain, Expectation.One,
                (0, node, OperationKind.RekeyChild), (0.5, node, OperationKind.LinkDown), (50, node, OperationKind.LinkUp)) with
            { AWants = true, BWants = true });
        }

        foreach (var a in Acts)
        {
            foreach (var b in Acts)
            {
                foreach (var offset in new[] { -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2 })
                {
                    // Who shows its certificate at that moment may find itself with a channel again.
                    var closes = a == OperationKind.Close || b == OperationKind.Close;
                    var renews = a == OperationKind.Renew || b == OperationKind.Renew;
                    var expect = !closes ? Expectation.Unbroken : renews ? Expectation.Either : Expectation.None;
                    yield return ($"{a} of A against {b} of B, {offset} ms apart", AfterConnecting(Setup.Plain, expect,
                        (Math.Max(0, -offset), 0, a), (Math.Max(0, offset), 1, b)));
                }
            }
        }

        foreach (var offset in new[] { 0, 0.5, 1 })
        {
            yield return ($"both rekeyings by both, {offset} ms apart", AfterConnecting(Setup.Plain, Expectation.Unbroken,
                (0, 0, OperationKind.RekeyChild), (0, 0, OperationKind.RekeyIke), (offset, 1, OperationKind.RekeyIke),
                (offset, 1, OperationKind.RekeyChild)));
        }
    }

    /// <summary>Every scenario with each of its single faults and reorderings.</summary>
    /// <param name="pairs">Every pair of losses too, and every loss with a duplicate of another.</param>
    public static IEnumerable<Schedule> All(bool pairs = false)
    {
        var world = new ExplorerWorld();
        foreach (var (_, schedule) in Plain())
        {
            yield return schedule;
            if (Shrinker.Failure(world, schedule).Length > 0)
                continue;
            var (first, end) = (world.SentBefore, Math.Min(world.SentEarly, world.SentBefore + Window));
            for (var i = first; i < end; i++)
            {
                yield return With(schedule, (i, Fate.Lost));
                foreach (var again in Again)
                    yield return With(schedule, (i, Fate.Twice(again)));
                foreach (var late in Lateness)
                    yield return With(schedule, (i, Fate.Late(late)));
                for (var j = i + 1; j < end; j++)
                    yield return With(schedule, (i, Fate.Behind(j)));
                for (var j = first; pairs && j < end; j++)
                {
                    if (j > i)
                        yield return With(schedule, (i, Fate.Lost), (j, Fate.Lost));
                    if (j != i)
                        yield return With(schedule, (i, Fate.Lost), (j, Fate.Twice(700)));
                }
            }
        }
    }

    private static Expectation After(OperationKind act) => act == OperationKind.Close ? Expectation.None : Expectation.Unbroken;

    private static Schedule With(Schedule schedule, params (int Number, Fate Fate)[] fates) =>
        schedule with { Fates = fates.ToDictionary(f => f.Number, f => f.Fate) };

    private static Schedule Of(Setup setup, Expectation expect, params Operation[] operations) =>
        new() { Seed = (ulong)setup.Name.Length, Setup = setup, Expect = expect, Operations = operations };

    private static Schedule AfterConnecting(Setup setup, Expectation expect, params (double Milliseconds, int Node, OperationKind Kind)[] operations) =>
        Of(setup, expect,
        [
            new Operation(default, 0, OperationKind.Initiate),
            .. operations.OrderBy(o => o.Milliseconds).Select(o => new Operation(Connected + TimeSpan.FromMilliseconds(o.Milliseconds), o.Node, o.Kind,
                o.Kind == OperationKind.Pause ? TimeSpan.FromSeconds(2) : default)),
        ]);
}
