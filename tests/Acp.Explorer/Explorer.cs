using System.Collections.Concurrent;
using System.Diagnostics;

namespace Acp.Explorer;

/// <summary>Plays many schedules on all processors.</summary>
public static class Explorer
{
    /// <summary>Plays schedules until all are played or <paramref name="mostFailures"/> have failed.</summary>
    /// <param name="schedules">Enumerated under a lock.</param>
    /// <param name="progress">Told about once a second how many were played and how many failed.</param>
    public static ExplorerReport Play(IEnumerable<Schedule> schedules, int mostFailures = 1, Action<long, int>? progress = null, int threads = 0)
    {
        var watch = Stopwatch.StartNew();
        var failures = new ConcurrentQueue<(Schedule Schedule, string Failure)>();
        var seen = new SortedDictionary<string, long>(StringComparer.Ordinal);
        long played = 0, steps = 0, datagrams = 0;
        using var source = schedules.GetEnumerator();
        void Work()
        {
            var world = new ExplorerWorld();
            var batch = new List<Schedule>();
            while (failures.Count < mostFailures)
            {
                batch.Clear();
                lock (source)
                {
                    while (batch.Count < 64 && source.MoveNext())
                        batch.Add(source.Current);
                }

                if (batch.Count == 0)
                    break;
                foreach (var schedule in batch)
                {
                    var failure = Shrinker.Failure(world, schedule);
                    Interlocked.Increment(ref played);
                    if (failure.Length > 0)
                    {
                        failures.Enqueue((schedule, failure));
                        if (failures.Count >= mostFailures)
                            break;
                    }
                }
            }

            lock (seen)
            {
                steps += world.Steps;
                datagrams += world.Datagrams;
                foreach (var (name, count) in world.Seen)
                    seen[name] = seen.GetValueOrDefault(name) + count;
            }
        }

        var workers = new List<Thread>();
        for (var i = threads > 0 ? threads : Environment.ProcessorCount; i > 0; i--)
            workers.Add(new Thread(Work));
        workers.ForEach(w => w.Start());
        foreach (var worker in workers)
        {
            while (!worker.Join(TimeSpan.FromSeconds(1)))
                progress?.Invoke(Interlocked.Read(ref played), failures.Count);
        }

        return new ExplorerReport(played, steps, datagrams, watch.Elapsed, [.. failures], seen);
    }

    /// <summary>The random schedules of a range of numbers.</summary>
    public static IEnumerable<Schedule> Random(ulong first, long count)
    {
        for (var i = 0L; i < count; i++)
            yield return ScheduleGenerator.Random(first + (ulong)i);
    }
}
