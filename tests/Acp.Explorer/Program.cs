using System.Globalization;
using Acp.Explorer;

// acp-explorer [count [first]]: random schedules; acp-explorer scenarios: every single fault of every exchange;
// acp-explorer play "SCHEDULE": one schedule, told step by step; acp-explorer seed N: the schedule of a number, shrunk if it fails.
switch (args)
{
    case ["play", var text]:
        return Tell(Schedule.Parse(text));
    case ["seed", var number]:
        var schedule = ScheduleGenerator.Random(ulong.Parse(number, CultureInfo.InvariantCulture));
        Console.WriteLine(schedule);
        var broken = Shrinker.Failure(new ExplorerWorld(), schedule);
        Console.WriteLine(broken.Length == 0 ? "holds" : broken);
        if (broken.Length == 0)
            return 0;
        var (small, _) = Shrinker.Shrink(schedule);
        Console.WriteLine(small);
        return Tell(small);
    case ["scenarios"]:
        return Report(Explorer.Play(Scenarios.All(), 20, Progress));
    default:
        var count = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 100_000;
        var first = args.Length > 1 ? ulong.Parse(args[1], CultureInfo.InvariantCulture) : 1;
        return Report(Explorer.Play(Explorer.Random(first, count), 20, Progress));
}

static int Tell(Schedule schedule)
{
    var world = new ExplorerWorld { Story = [] };
    var failure = Shrinker.Failure(world, schedule);
    foreach (var line in world.Story)
        Console.WriteLine(line);
    Console.WriteLine(failure.Length == 0 ? "holds" : "FAILS: " + failure);
    return failure.Length == 0 ? 0 : 1;
}

static int Report(ExplorerReport report)
{
    Console.WriteLine();
    Console.WriteLine(report);
    Console.Write(report.Explain(6));
    return report.Failures.Count == 0 ? 0 : 1;
}

static void Progress(long played, int failures)
{
    Console.Error.Write($"\r{played} schedules, {failures} failures ");
}
