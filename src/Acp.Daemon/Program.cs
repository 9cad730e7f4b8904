using Acp.Daemon.Commands;

namespace Acp.Daemon;

internal static class Program
{
    private static int Main(string[] args)
    {
        // Answered before anything is loaded that takes time to start.
        if (args is ["--version"])
        {
            Console.Out.WriteLine(ProgramVersion.Text);
            return ExitCode.Ok;
        }

        return OutputRedirection.TryApply(args) ? Run(args) : ExitCode.Configuration;
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static int Run(string[] args)
    {
        // The main thread waits here for as long as the process lives: the request to end with the parent hangs on it.
        return CommandTree.InvokeAsync(CommandTree.Create(Host.DaemonHost.RunAsync), args).GetAwaiter().GetResult();
    }
}
