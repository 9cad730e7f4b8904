using System.Globalization;
using Acp.Asa;
using Acp.Asa.Embedded;
using Acp.Daemon.Identity;
using Acp.Linux.Grasp;
using Acp.Wire;

namespace Acp.Daemon.Bench;

/// <summary>
/// One end of what <c>bench grasp</c> measures: a child process with an engine and ASAs in it. Its standard input names its
/// links in the first line, and then says what to do, line by line; each is answered with "ok" and numbers. It ends when
/// the input does.
/// </summary>
internal static class GraspBenchEnd
{
    /// <summary>The hidden subcommand's name.</summary>
    public const string Command = "grasp-end";

    private static readonly TimeSpan KeepStreams = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync()
    {
        if (Console.In.ReadLine()?.Split(',') is not { } links)
            return ExitCode.Usage;
        IAsyncDisposable? node = null;
        GraspApi? api = null;
        GraspBenchAsa? asa = null;
        AcpdChild.Answer();
        while (Console.In.ReadLine()?.Split(' ') is { } words)
        {
            switch (words)
            {
                case ["start", "tls", var directory, var port, var keep]:
                    if (StateDirectory.Load(directory, null).Identity is not { } identity)
                        return ExitCode.Configuration;
                    var tls = new GraspBenchTlsNode(identity, (ushort)Number(port), keep == "keep" ? KeepStreams : TimeSpan.Zero);
                    (node, api) = (tls, tls.Api);
                    AcpdChild.Answer(Number(port));
                    break;
                case ["start", var keep]:
                    var options = new GraspNodeOptions { Network = new StandaloneOptions { Interfaces = links.ToValueList() } };
                    var standalone = GraspNode.Start(options with
                    {
                        Engine = options.Engine with { KeepStreams = keep == "keep" ? KeepStreams : TimeSpan.Zero },
                    });
                    (node, api) = (standalone, standalone.Api);
                    AcpdChild.Answer(standalone.Port);
                    break;
                case ["memory"]:
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                    GC.Collect();
                    AcpdChild.Answer(GC.GetTotalMemory(forceFullCollection: true));
                    break;
                case ["floods"]:
                    AcpdChild.Answer(await FloodsAsync((GraspNode)node!).ConfigureAwait(false));
                    break;
                default:
                    asa ??= await GraspBenchAsa.StartAsync(api!).ConfigureAwait(false);
                    AcpdChild.Answer(await DoAsync(asa, words).ConfigureAwait(false));
                    break;
            }
        }

        if (node is not null)
            await node.DisposeAsync().ConfigureAwait(false);
        return ExitCode.Ok;
    }

    private static async Task<long[]> DoAsync(GraspBenchAsa asa, string[] words)
    {
        switch (words[0])
        {
            case "serve":
                await asa.ServeAsync().ConfigureAwait(false);
                return [];
            case "flood":
                return [Microseconds(await asa.FloodAsync(Number(words[1]), Number(words[2])).ConfigureAwait(false))];
            case "beyond":
                return [.. (await asa.DiscoverBeyondAsync(Number(words[1])).ConfigureAwait(false)).Select(Microseconds)];
            default:
                var (complete, elapsed) = await asa.CallAsync(
                    words[0], Ipv6Address.Parse(words[1]), (ushort)Number(words[2]), Number(words[3]), Number(words[4])).ConfigureAwait(false);
                return [complete, Microseconds(elapsed)];
        }
    }

    // What was sent may still lie in the socket.
    private static async Task<long> FloodsAsync(GraspNode node)
    {
        for (long last = -1; ;)
        {
            var now = await node.InspectAsync(e => e.Counters.FloodsReceived).ConfigureAwait(false);
            if (now == last)
                return now;
            last = now;
            await Task.Delay(50).ConfigureAwait(false);
        }
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private static long Microseconds(TimeSpan time) => (long)time.TotalMicroseconds;
}
