using System.Diagnostics;
using System.Globalization;
using Acp.Simulation;

namespace Acp.Daemon.Sim;

/// <summary>How far a run is, on standard error: a line that is written over on a terminal, one every few seconds in a pipe.</summary>
internal sealed class SimProgressLine(TextWriter output, bool terminal, CancellationToken cancellation)
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan InPipe = TimeSpan.FromSeconds(5);

    private readonly long _began = Stopwatch.GetTimestamp();
    private long _shown = Stopwatch.GetTimestamp();
    private int _width;

    /// <summary>Before each line: which of several runs this is.</summary>
    public string Heading { get; set; } = "";

    public int Nodes { get; set; }

    /// <exception cref="OperationCanceledException">Whoever waits has had enough.</exception>
    public void Show(SimulationProgress progress)
    {
        cancellation.ThrowIfCancellationRequested();
        if (Stopwatch.GetElapsedTime(_shown) < (terminal ? OnTerminal : InPipe))
            return;
        _shown = Stopwatch.GetTimestamp();
        var real = Stopwatch.GetElapsedTime(_began).TotalSeconds;
        Write(string.Create(
            CultureInfo.InvariantCulture,
            $"{real,6:0.0}s  {Heading}{progress.Phase.ToString().ToLowerInvariant()}: {progress.Joined} of {Nodes} in one DODAG, {progress.Channels} channels, {progress.Elapsed.TotalSeconds:0.0} s virtual, {progress.Events / 1e6:0.0} million events"));
    }

    /// <summary>Takes the line away, so that something else can be written.</summary>
    public void Clear()
    {
        if (terminal && _width > 0)
            output.Write("\r" + new string(' ', _width) + "\r");
        _width = 0;
    }

    private void Write(string line)
    {
        if (!terminal)
        {
            output.WriteLine(line);
            return;
        }

        output.Write("\r" + line.PadRight(_width));
        _width = line.Length;
    }
}
