using Acp.Core;

namespace Acp.Explorer;

/// <summary>Random schedules: operations close together, so that exchanges collide, and far apart, so that timers run out.</summary>
public static class ScheduleGenerator
{
    private static readonly OperationKind[] Kinds =
    [
        OperationKind.RekeyChild, OperationKind.RekeyChild, OperationKind.RekeyChild, OperationKind.RekeyChild, OperationKind.RekeyChild,
        OperationKind.RekeyIke, OperationKind.RekeyIke, OperationKind.RekeyIke, OperationKind.RekeyIke, OperationKind.RekeyIke,
        OperationKind.Renew, OperationKind.Renew, OperationKind.Renew,
        OperationKind.Initiate, OperationKind.Initiate,
        OperationKind.Close, OperationKind.Close,
        OperationKind.Crash, OperationKind.Crash,
        OperationKind.LinkDown, OperationKind.LinkUp,
        OperationKind.Mute, OperationKind.Pause,
        OperationKind.Send, OperationKind.Send,
        OperationKind.Hint, OperationKind.Shutdown,
    ];

    /// <summary>The first of them leave the channel as it is.</summary>
    private const int Gentle = 13;

    private static readonly Setup[] Setups =
    [
        Setup.Plain, Setup.Plain, Setup.Plain, Setup.Plain, Setup.Plain, Setup.Plain,
        Setup.Fragments, Setup.Whole, Setup.Cookie, Setup.Group, Setup.Detours, Setup.Cbc, Setup.ShortLives, Setup.Hasty, Setup.Hasty,
        Setup.FewIds,
    ];

    /// <summary>The schedule of a number.</summary>
    public static Schedule Random(ulong number)
    {
        var random = new SeededRandom(number);
        var setup = random.Next(200) == 0 ? Setup.Refused : random.Next(60) == 0 ? Setup.Full : Setups[random.Next(Setups.Length)];
        var operations = new List<Operation>();
        var at = TimeSpan.Zero;
        var (a, b) = (random.Next(3) > 0, random.Next(3) > 0);
        if (random.Next(4) > 0)
        {
            operations.Add(new Operation(at, random.Next(2), OperationKind.Initiate));
            if (random.Next(3) > 0)
                at += TimeSpan.FromMilliseconds(20);
        }

        var count = 1 + random.Next(9);
        var calm = random.Next(3) == 0;
        for (var i = 0; i < count; i++)
        {
            at += Gap(random);
            var node = random.Next(2);
            var kind = Kinds[random.Next(calm ? Gentle : Kinds.Length)];
            var span = kind is OperationKind.Mute or OperationKind.Pause
                ? TimeSpan.FromMilliseconds(1 + random.Next(random.Next(2) == 0 ? 3000 : 40_000))
                : default;
            operations.Add(new Operation(at, node, kind, span));
            // The other end may do something at the very same moment.
            if (random.Next(4) == 0)
                operations.Add(new Operation(at, 1 - node, Kinds[random.Next(Gentle)]));
        }

        // A link that went down comes up again at last.
        at += TimeSpan.FromMilliseconds(1 + random.Next(2000));
        foreach (var node in new[] { 0, 1 })
        {
            if (operations.Exists(o => o.Node == node && o.Kind == OperationKind.LinkDown))
                operations.Add(new Operation(at, node, OperationKind.LinkUp));
        }

        return new Schedule
        {
            Seed = number,
            Setup = setup,
            AWants = a,
            BWants = b,
            Answers = random.Next(2) == 0 ? default : TimeSpan.FromMicroseconds(100 * random.Next(60)),
            Operations = operations,
            Profile = new FaultProfile(Pick(random, 0, 0, 20, 100, 300), Pick(random, 0, 0, 50, 300), Pick(random, 0, 50, 200),
                TimeSpan.FromMilliseconds(Pick(random, 0, 3, 9, 60)), TimeSpan.FromMilliseconds(Pick(random, 700, 3000, 12_000))),
        };
    }

    private static int Pick(SeededRandom random, params ReadOnlySpan<int> choices) => choices[random.Next(choices.Length)];

    private static TimeSpan Gap(SeededRandom random) => random.Next(10) switch
    {
        < 5 => TimeSpan.FromMicroseconds(100 * random.Next(60)),
        < 8 => TimeSpan.FromMilliseconds(random.Next(2000)),
        _ => TimeSpan.FromMilliseconds(random.Next(30_000)),
    };
}
