namespace Acp.Explorer;

/// <summary>Makes a failing schedule short: chance becomes a list, then whatever is not needed for the failure is taken out.</summary>
public static class Shrinker
{
    /// <summary>The shortest found that still fails; and how it fails.</summary>
    public static (Schedule Schedule, string Failure) Shrink(Schedule failing)
    {
        var world = new ExplorerWorld();
        var kind = KindOf(Failure(world, failing));
        bool Fails(ExplorerWorld w, Schedule schedule, bool record = false)
        {
            var failure = Failure(w, schedule, record);
            return failure.Length > 0 && KindOf(failure) == kind;
        }

        if (failing.Profile is not null)
        {
            Fails(world, failing, true);
            var listed = failing with { Profile = null, Fates = new Dictionary<int, Fate>(world.DrawnFates) };
            if (!Fails(world, listed))
                return (failing, Failure(world, failing));
            failing = listed;
        }

        for (var smaller = true; smaller;)
        {
            smaller = false;
            failing = Fewer(s => Fails(world, s), failing, failing.Fates.Keys.Order().ToList(), (s, gone) =>
                s with { Fates = s.Fates.Where(f => !gone.Contains(f.Key)).ToDictionary() }, ref smaller);
            // What is expected follows from the operations.
            if (failing.Expect != Expectation.Either)
                continue;
            failing = Fewer(s => Fails(world, s), failing, failing.Operations.ToList(), (s, gone) =>
                s with { Operations = [.. s.Operations.Where(o => !gone.Contains(o))] }, ref smaller);
            foreach (var simpler in Simpler(failing))
            {
                if (!Fails(world, simpler))
                    continue;
                failing = simpler;
                smaller = true;
            }
        }

        return (failing, Failure(world, failing));
    }

    /// <summary>What goes wrong, or an empty text.</summary>
    public static string Failure(ExplorerWorld world, Schedule schedule, bool record = false)
    {
        try
        {
            world.Play(schedule, record);
            return string.Empty;
        }
        catch (InvariantException broken)
        {
            return broken.Message;
        }
        catch (Exception exception)
        {
            return exception.ToString();
        }
    }

    /// <summary>Its first words without names and numbers: while shrinking, one failure must not turn into another.</summary>
    private static string KindOf(string failure) =>
        string.Join(' ', failure.Split(';', '\n')[0].Split(' ').Where(w => w.Length > 1 && !w.Any(char.IsAsciiDigit)).Take(8));

    /// <summary>Takes out halves, quarters and so on down to single items, as long as it still fails.</summary>
    private static Schedule Fewer<T>(Func<Schedule, bool> fails, Schedule failing, List<T> items, Func<Schedule, HashSet<T>, Schedule> without, ref bool smaller)
    {
        for (var size = items.Count; size > 0; size /= 2)
        {
            for (var i = 0; i < items.Count;)
            {
                var gone = items.Skip(i).Take(size).ToHashSet();
                var candidate = without(failing, gone);
                if (fails(candidate))
                {
                    failing = candidate;
                    items.RemoveRange(i, Math.Min(size, items.Count - i));
                    smaller = true;
                }
                else
                {
                    i += size;
                }
            }
        }

        return failing;
    }

    private static IEnumerable<Schedule> Simpler(Schedule s)
    {
        if (s.Setup != Setup.Plain)
            yield return s with { Setup = Setup.Plain };
        if (s.Answers != default)
            yield return s with { Answers = default };
        if (s.AWants)
            yield return s with { AWants = false };
        if (s.BWants)
            yield return s with { BWants = false };
    }
}
