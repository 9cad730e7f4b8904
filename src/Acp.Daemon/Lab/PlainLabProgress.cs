using System.Globalization;

namespace Acp.Daemon.Lab;

/// <summary>A line whenever something changed: for pipes and logs.</summary>
public sealed class PlainLabProgress(TextWriter output) : ILabProgress
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    public void Say(string line) => output.WriteLine(line);

    public async Task ShowAsync(Func<LabSnapshot> look, Task finished)
    {
        var last = "";
        while (true)
        {
            var over = finished.IsCompleted;
            var snapshot = look();
            var line = Line(snapshot);
            if (line != last)
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{snapshot.Elapsed.TotalSeconds,6:0.0}s  {line}"));
            last = line;
            if (over)
                return;
            await Task.WhenAny(finished, Task.Delay(Interval));
        }
    }

    private static string Line(LabSnapshot snapshot)
    {
        var up = snapshot.Statuses.OfType<Control.StatusReport>().ToList();
        return $"{up.Count}/{snapshot.Plan.Boxes.Count} daemons answer, {up.Sum(s => s.Links.Count(l => l.Used))} links, "
            + $"{up.Sum(s => s.Neighbors)} neighbours, {up.Sum(s => s.Channels)} of {snapshot.Plan.Cables.Count * 2} channel ends, "
            + $"{up.Sum(s => s.Routes)} routes, {snapshot.Reached} of {snapshot.Total} pairs";
    }
}
