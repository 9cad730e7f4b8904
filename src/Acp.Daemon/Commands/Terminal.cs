using Spectre.Console;

namespace Acp.Daemon.Commands;

/// <summary>Consoles for tables: colour and the real width on a terminal; plain text that never wraps in a pipe.</summary>
internal static class Terminal
{
    /// <summary>Wider than any row of ours.</summary>
    private const int PipeWidth = 400;

    public static IAnsiConsole Output() => Create(Console.Out, Console.IsOutputRedirected);

    public static IAnsiConsole Error() => Create(Console.Error, Console.IsErrorRedirected);

    public static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (redirected)
            console.Profile.Width = PipeWidth;
        return console;
    }
}
