using System.Diagnostics;
using System.Net.Sockets;

namespace Acp.Tests.House.Specimens;

/// <summary>Wrong on purpose, for the self-test of the arrows. Never run.</summary>
internal sealed class UnrulyMachine
{
    private readonly Stopwatch? _watch = null;

    public Socket? Socket { get; set; }

    public TimeSpan Elapsed => _watch?.Elapsed ?? TimeSpan.FromMilliseconds(Environment.TickCount64);

    public static void Start() => new Thread(() => _ = DateTime.UtcNow).Start();

    public static async Task<bool> LookAsync()
    {
        await Task.Yield();
        return File.Exists("/");
    }
}
