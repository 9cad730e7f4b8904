using System.Diagnostics;

namespace Acp.Interop.DataPlaneCheck;

/// <summary>Counts what held and what did not, and prints one line each.</summary>
internal sealed class Checks
{
    public int Passed { get; private set; }

    public int Failed { get; private set; }

    public bool That(string claim, bool holds, string detail = "")
    {
        Console.WriteLine($"{(holds ? "ok    " : "FAILED")} {claim}{(holds || detail.Length == 0 ? "" : $"\n       | {detail.ReplaceLineEndings("\n       | ")}")}");
        if (holds)
            Passed++;
        else
            Failed++;
        return holds;
    }

    public void Equal<T>(string claim, T expected, T actual) =>
        That(claim, EqualityComparer<T>.Default.Equals(expected, actual), $"expected {expected}, found {actual}");

    /// <summary>Runs a command inside a named namespace and returns its exit status and what it said.</summary>
    public static (int Status, string Said) Run(string ns, string command)
    {
        var start = new ProcessStartInfo("ip", $"netns exec {ns} {command}")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said + errors.Result);
    }

    public void Succeeds(string claim, string ns, string command)
    {
        var (status, said) = Run(ns, command);
        That(claim, status == 0, said);
    }

    public void Fails(string claim, string ns, string command, string because = "")
    {
        var (status, said) = Run(ns, command);
        That(claim, status != 0 && said.Contains(because, StringComparison.Ordinal), said);
    }
}
