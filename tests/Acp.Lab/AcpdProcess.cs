using System.Diagnostics;
using System.Text;

namespace Acp.Lab;

/// <summary>The program itself, as a child process, with all that it prints. Killed at the end if it still runs.</summary>
internal sealed class AcpdProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private AcpdProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    /// <summary>Beside the tests: the build copies it there.</summary>
    public static string Path => System.IO.Path.Combine(AppContext.BaseDirectory, "acpd");

    public static AcpdProcess Start(params ReadOnlySpan<string> arguments)
    {
        // Whoever runs the tests in the background of a script ignores SIGINT, and so would the program, which inherits that.
        var start = new ProcessStartInfo("env") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("--default-signal=INT");
        start.ArgumentList.Add(Path);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return new AcpdProcess(start);
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var code = await process.WaitAsync(TimeSpan.FromMinutes(3));
        return (code, process.Output, process.Errors);
    }

    public async Task<int> WaitAsync(TimeSpan patience)
    {
        using var end = new CancellationTokenSource(patience);
        try
        {
            await _process.WaitForExitAsync(end.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"'{string.Join(' ', _process.StartInfo.ArgumentList)}' did not end within {patience}:\n{Errors}\n{Output}");
        }

        return _process.ExitCode;
    }

    /// <summary>Waits until standard error has this text.</summary>
    public async Task WaitForErrorsAsync(string text)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!Errors.Contains(text, StringComparison.Ordinal))
        {
            if (_process.HasExited || patience.IsCancellationRequested)
                throw new TimeoutException($"'{text}' was never printed:\n{Errors}");
            await Task.Delay(20);
        }
    }

    public void Kill(int signal) => _ = Acp.Linux.Interop.LibC.kill(_process.Id, signal);

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (text)
            text.Append(line).Append('\n');
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }
}
