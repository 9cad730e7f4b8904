using System.Globalization;
using Acp.Simulation.Reports;

namespace Acp.Daemon.Sim;

/// <summary>The time series of a run: a CSV table when the file's name says so, and otherwise a JSON object a line.</summary>
internal static class SimSeries
{
    private static readonly string[] Names =
    [
        "elapsed_s", "running", "channels", "dodags", "joined", "routes", "dull_messages", "dull_octets", "ike_messages", "ike_octets",
        "rpl_messages", "rpl_octets", "grasp_messages", "grasp_octets", "reachable_pairs",
    ];

    public static void Write(TextWriter output, bool csv, IReadOnlyList<TimeSample> samples)
    {
        if (csv)
            output.WriteLine(string.Join(',', Names));
        foreach (var sample in samples)
        {
            var values = Values(sample);
            output.WriteLine(csv
                ? string.Join(',', values)
                // Numbers only, and names that need no escapes.
                : "{" + string.Join(',', Names.Zip(values, (name, value) => $"\"{name}\":{(value.Length == 0 ? "null" : value)}")) + "}");
        }
    }

    private static string[] Values(TimeSample sample)
    {
        var sent = sample.Sent;
        return
        [
            sample.Elapsed.TotalSeconds.ToString("0.######", CultureInfo.InvariantCulture),
            N(sample.Running), N(sample.Channels), N(sample.Dodags), N(sample.Joined), N(sample.Routes),
            N(sent.Dull.Messages), N(sent.Dull.Octets), N(sent.Ike.Messages), N(sent.Ike.Octets),
            N(sent.Rpl.Messages), N(sent.Rpl.Octets), N(sent.Grasp.Messages), N(sent.Grasp.Octets),
            sample.ReachablePairs is { } pairs ? N(pairs) : "",
        ];

        static string N(long value) => value.ToString(CultureInfo.InvariantCulture);
    }
}
