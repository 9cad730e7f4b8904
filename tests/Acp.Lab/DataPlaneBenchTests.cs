using System.Diagnostics;
using System.Text.Json;
using Acp.Linux.Namespaces;

namespace Acp.Lab;

/// <summary><c>acpd bench esp</c> as a user runs it: figures come out, and nothing stays behind.</summary>
public sealed class DataPlaneBenchTests
{
    [Fact]
    public async Task The_benchmark_gives_figures_and_cleans_up()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "acpd.dll"), "bench", "esp", "--json", "--seconds", "1"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        using var document = JsonDocument.Parse(process.StandardOutput.ReadToEnd());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        var rows = document.RootElement.EnumerateArray().ToList();
        Assert.Equal(["tcp", "udp-64", "udp-1352", "udp-64-paced", "udp-1352-paced"], rows.Select(row => row.GetProperty("traffic").GetString()));
        Assert.All(rows, row => Assert.True(row.GetProperty("gbitPerSecond").GetDouble() > 0, row.ToString()));
        Assert.Empty(Directory.GetFiles(NetworkNamespace.Directory, $"acpbench-{process.Id}-*"));
    }
}
