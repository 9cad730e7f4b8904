using System.Globalization;
using Acp.Daemon.Identity;
using Acp.Linux.Loop;
using Acp.Wire;

namespace Acp.Daemon.Bench;

/// <summary>
/// One end of the measured handshakes: a child process with an <see cref="IkeBenchNode"/> in it and nothing else. Its standard input
/// says in the first line who it is, and then what to do, line by line; each is answered with "ok" and numbers. It ends when the
/// input does.
/// </summary>
internal static class IkeBenchEnd
{
    /// <summary>The hidden subcommand's name.</summary>
    public const string Command = "ike-end";

    public static int Run()
    {
        var setup = Console.In.ReadLine()?.Split(' ');
        if (setup is not { Length: 6 })
            return ExitCode.Usage;
        using var identity = StateDirectory.Load(setup[0], null).Identity;
        if (identity is null)
            return ExitCode.Configuration;
        using var loop = new EventLoop();
        using var node = new IkeBenchNode(
            loop, identity, setup[1], int.Parse(setup[2], CultureInfo.InvariantCulture), Ipv6Address.Parse(setup[3]), Ipv6Address.Parse(setup[4]),
            setup[5] == "fresh");
        var thread = new Thread(() => loop.Run(node.NextDeadline, node.HandleTime)) { Name = "acpd-loop" };
        thread.Start();
        AcpdChild.Answer();
        while (Console.In.ReadLine()?.Split(' ') is { } words)
        {
            switch (words[0])
            {
                case "initiate":
                    var (count, inFlight) = (int.Parse(words[1], CultureInfo.InvariantCulture), int.Parse(words[2], CultureInfo.InvariantCulture));
                    var done = new TaskCompletionSource<(int, long)>(TaskCreationOptions.RunContinuationsAsynchronously);
                    loop.Post(() => node.Initiate(count, inFlight, (complete, time) => done.SetResult((complete, time))));
                    var (ok, microseconds) = done.Task.GetAwaiter().GetResult();
                    AcpdChild.Answer(ok, microseconds);
                    break;
                case "clear":
                    loop.InvokeAsync(node.Clear).GetAwaiter().GetResult();
                    AcpdChild.Answer();
                    break;
                case "memory":
                    var established = loop.InvokeAsync(() => node.Established).GetAwaiter().GetResult();
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                    GC.Collect();
                    AcpdChild.Answer(established, GC.GetTotalMemory(forceFullCollection: true));
                    break;
            }
        }

        loop.Stop();
        thread.Join();
        return ExitCode.Ok;
    }
}
