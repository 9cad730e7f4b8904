using System.Globalization;
using Acp.Daemon.Commands;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Acp.Daemon.Lab;

/// <summary>A table that is redrawn in place: for terminals.</summary>
public sealed class LiveLabProgress(IAnsiConsole console) : ILabProgress
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(150);

    public void Say(string line) => console.Write(new Text(line + "\n"));

    public Task ShowAsync(Func<LabSnapshot> look, Task finished) =>
        console.Live(Draw(look())).StartAsync(async context =>
        {
            while (true)
            {
                var over = finished.IsCompleted;
                context.UpdateTarget(Draw(look()));
                context.Refresh();
                if (over)
                    return;
                await Task.WhenAny(finished, Task.Delay(Interval));
            }
        });

    private static Rows Draw(LabSnapshot snapshot)
    {
        var table = ReportTables.Plain("BOX", "ACP ADDRESS", "LINKS", "NEIGHBOURS", "CHANNELS", "ROUTES", "ROUTING", "REACHES (ACP, HOST)");
        var others = snapshot.Plan.Boxes.Count - 1;
        foreach (var box in snapshot.Plan.Boxes)
        {
            var degree = snapshot.Plan.CablesOf(box.Index).Count();
            if (snapshot.Statuses[box.Index] is not { } status)
            {
                ReportTables.Row(table, box.Name, "starting");
                continue;
            }

            var reaches = new Columns(
                Gauge(snapshot.ReachedFrom(box.Index, LabView.Acp), others), Gauge(snapshot.ReachedFrom(box.Index, LabView.Host), others));
            reaches.Expand = false;
            table.AddRow(
                new Text(box.Name),
                new Text(status.Identity?.AcpAddress ?? "-"),
                Gauge(status.Links.Count(l => l.Used), degree),
                Gauge(status.Neighbors, degree),
                Gauge(status.Channels, degree),
                new Text(status.Routes.ToString(CultureInfo.InvariantCulture)),
                new Text(status.Rpl.Role),
                reaches);
        }

        return new Rows(table, new Text(string.Create(
            CultureInfo.InvariantCulture, $"{snapshot.Elapsed.TotalSeconds:0.0} s, {snapshot.Reached} of {snapshot.Total} pairs reach each other")));
    }

    private static IRenderable Gauge(int value, int goal) =>
        new Text($"{value}/{goal}", new Style(value >= goal ? Color.Green : Color.Yellow));
}
