using System.Diagnostics;
using Acp.Linux.Interop;

namespace Acp.Lab;

/// <summary>Other people's programs.</summary>
internal static class Tools
{
    /// <summary>Installs a Debian package unless the program is there.</summary>
    public static void Need(string program, string package)
    {
        if ((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(p => File.Exists(Path.Combine(p, program))))
            return;
        Run("apt-get", "update", "-q").Check();
        Run("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-q", "-y", "--no-install-recommends", package).Check();
    }

    /// <summary>Runs a program to its end.</summary>
    public static ToolResult Run(string program, params string[] arguments) =>
        Run(new Dictionary<string, string>(), program, arguments);

    /// <summary>Runs a program to its end, at most two minutes unless more is given, with more in its environment.</summary>
    public static ToolResult Run(
        IReadOnlyDictionary<string, string> environment, string program, IEnumerable<string> arguments, TimeSpan? patience = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(patience ?? TimeSpan.FromMinutes(2)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', start.ArgumentList)} does not end");
        }

        return new ToolResult($"{program} {string.Join(' ', start.ArgumentList)}", process.ExitCode, output.Result, error.Result);
    }

    public static void Signal(Process process, int signal) =>
        SystemCallException.Check(LibC.kill(process.Id, signal), $"signal process {process.Id}");
}
