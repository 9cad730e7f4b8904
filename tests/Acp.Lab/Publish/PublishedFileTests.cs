using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Acp.Daemon;
using Acp.Daemon.Control;
using Xunit.Abstractions;

namespace Acp.Lab.Publish;

/// <summary>
/// The one file that is copied to boxes: how large it is, how fast it starts, what it takes of a box's memory. The
/// limits are promises of the README.
/// </summary>
[Collection(nameof(LabCollection))]
public sealed class PublishedFileTests(ITestOutputHelper output)
{
    private const long MaximumOctets = 40_000_000;
    private const long MaximumRssKib = 60 * 1024;
    private static readonly TimeSpan MaximumStart = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);
    private static readonly Lazy<string> Published = new(Publish);

    [Fact]
    public void It_is_one_file_of_at_most_40_MB()
    {
        var length = new FileInfo(Published.Value).Length;
        output.WriteLine($"{length} octets");
        Assert.InRange(length, 1, MaximumOctets);
        var directory = Path.GetDirectoryName(Published.Value)!;
        Assert.Equal(["acpd"], Directory.EnumerateFiles(directory).Select(Path.GetFileName).Where(n => !n!.EndsWith(".pdb", StringComparison.Ordinal)));
    }

    /// <summary>The best of ten: what else runs on this machine is not what is measured.</summary>
    [Fact]
    public void It_tells_its_version_within_100_ms()
    {
        var best = TimeSpan.MaxValue;
        for (var run = 0; run < 10; run++)
        {
            var watch = Stopwatch.StartNew();
            var result = Tools.Run(Published.Value, "--version").Check();
            if (watch.Elapsed < best)
                best = watch.Elapsed;
            Assert.Equal(ProgramVersion.Text, result.Output.TrimEnd());
        }

        output.WriteLine($"{best.TotalMilliseconds:0} ms");
        Assert.InRange(best, TimeSpan.Zero, MaximumStart);
    }

    /// <summary>The published file makes the lab and runs its daemons; the box in the middle is looked at from outside.</summary>
    [Fact]
    public void A_node_with_two_neighbours_takes_at_most_60_MB()
    {
        var lab = Tools.Run(Published.Value, "lab", "run", "--nodes", "3", "--topology", "line", "--dataplane", "userspace", "--keep", "--json").Check();
        var id = lab.Error.Split('\n').Single(l => l.StartsWith("lab ", StringComparison.Ordinal) && l.Contains(" boxes, ", StringComparison.Ordinal)).Split(' ', ':')[1];
        try
        {
            // Whatever comes after the start (hot methods compiled again, dead peers asked, floods) has its time.
            Thread.Sleep(Settling);
            var text = Tools.Run(Published.Value, "status", "--instance", $"lab{id}-n2", "--json").Check();
            var status = JsonSerializer.Deserialize(text.Output, ControlJson.Default.StatusReport)!;
            Assert.Equal((2, 2, 2), (status.Neighbors, status.IkeSas, status.ChildSas));
            Assert.Equal(Published.Value, new FileInfo($"/proc/{status.Pid}/exe").LinkTarget);

            var resident = Kib(File.ReadLines($"/proc/{status.Pid}/smaps_rollup").Single(l => l.StartsWith("Rss:", StringComparison.Ordinal)));
            output.WriteLine($"{resident} KiB");
            Assert.InRange(resident, 1, MaximumRssKib);
        }
        finally
        {
            Tools.Run(Published.Value, "lab", "clean", id).Check();
        }
    }

    /// <summary>From "Rss:               57236 kB".</summary>
    private static long Kib(string line) =>
        long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    /// <summary>By the script that the VM jobs use as well, so that one publish serves all.</summary>
    private static string Publish()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "AcpAppliance.sln")))
            root = root.Parent ?? throw new InvalidOperationException("there is no solution above the tests");
        var script = Path.Combine(root.FullName, "interop/publish");
        return Tools.Run(new Dictionary<string, string>(), script, [], TimeSpan.FromMinutes(15)).Check().Output.TrimEnd();
    }
}
