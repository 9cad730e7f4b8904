using System.Globalization;
using Acp.Linux.Namespaces;

namespace Acp.Daemon.Bench;

/// <summary>One end of a benchmark in a child process of this same program, which is told what to do line by line.</summary>
internal sealed class AcpdChild : IDisposable
{
    /// <param name="where">The network namespace it begins in.</param>
    /// <param name="end">The hidden subcommand of <c>bench</c>.</param>
    /// <param name="setup">What it is told first.</param>
    public AcpdChild(NetworkNamespace where, string end, string setup)
    {
        var (program, arguments) = OwnProgram.WithArguments("bench", end);
        Process = TunnelProcess.Start(where, program, [.. arguments]);
        try
        {
            Setup = Ask(setup);
        }
        catch
        {
            Process.Dispose();
            throw;
        }
    }

    public TunnelProcess Process { get; }

    /// <summary>What it answered to its setup.</summary>
    public long[] Setup { get; }

    /// <summary>Tells it one line; it answers with "ok" and numbers.</summary>
    public long[] Ask(string line)
    {
        Process.Input.WriteLine(line);
        Process.Input.Flush();
        var answer = Process.Output.ReadLine()?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (answer is not ["ok", .. var numbers])
            throw new BenchException($"an acpd child process did not do '{line.Split(' ')[0]}'; its message is above");
        return [.. numbers.Select(n => long.Parse(n, CultureInfo.InvariantCulture))];
    }

    /// <summary>For the other end of <see cref="Ask"/>, in the child.</summary>
    public static void Answer(params long[] numbers)
    {
        Console.Out.WriteLine(string.Join(' ', ["ok", .. numbers.Select(n => n.ToString(CultureInfo.InvariantCulture))]));
        Console.Out.Flush();
    }

    public void Dispose() => Process.Dispose();
}
