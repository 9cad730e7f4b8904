using System.Diagnostics;
using System.Globalization;
using Acp.Core;
using Acp.Linux.Namespaces;
using Acp.Linux.Netlink;
using Acp.Linux.Sockets;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Daemon.Bench;

/// <summary>
/// Somebody on the same link who means ill, in a process of its own: it sends, or connects, so many times a second until it
/// is told to stop. Its standard input names its link, its address there, and the victim's address and TCP port; then
/// "storm NAME RATE" and "stop".
/// </summary>
internal sealed class GraspBenchEnemy : IDisposable
{
    /// <summary>The hidden subcommand's name.</summary>
    public const string Command = "grasp-enemy";

    /// <summary>Connections that it holds at a time.</summary>
    public const int Connections = 10_000;

    private static readonly TimeSpan Ttl = TimeSpan.FromMinutes(5);

    private readonly NetworkNamespace _where = NetworkNamespace.OpenCurrent();
    private readonly SeededRandom _random = new(1);
    private readonly Ipv6DatagramSocket _mouth;
    private readonly Ipv6Address _address;
    private readonly Ipv6Address _victim;
    private readonly ushort _port;
    private readonly int _link;
    private readonly Queue<StreamSocket> _held = new();
    private volatile bool _stopping;
    private int _number;

    private GraspBenchEnemy(string[] setup)
    {
        using (var routes = new RouteSocket(_where))
            _link = routes.IndexOf(setup[0]);
        _address = Ipv6Address.Parse(setup[1]);
        _victim = Ipv6Address.Parse(setup[2]);
        _port = ushort.Parse(setup[3], CultureInfo.InvariantCulture);
        _mouth = Ipv6DatagramSocket.OpenUdp(_where, setup[0], _link, _address, 0, "the enemy");
    }

    public static int Run()
    {
        if (Console.In.ReadLine()?.Split(' ') is not { Length: 4 } setup)
            return ExitCode.Usage;
        using var enemy = new GraspBenchEnemy(setup);
        AcpdChild.Answer();
        Thread? storm = null;
        long done = 0;
        while (Console.In.ReadLine()?.Split(' ') is { } words)
        {
            switch (words)
            {
                case ["storm", var name, var rate]:
                    var perSecond = int.Parse(rate, CultureInfo.InvariantCulture);
                    enemy._stopping = false;
                    storm = new Thread(() => done = enemy.Storm(enemy.Deed(name), perSecond)) { IsBackground = true };
                    storm.Start();
                    AcpdChild.Answer();
                    break;
                case ["stop"]:
                    enemy._stopping = true;
                    storm?.Join();
                    enemy.LetGo();
                    AcpdChild.Answer(done);
                    break;
                default:
                    return ExitCode.Usage;
            }
        }

        return ExitCode.Ok;
    }

    public void Dispose()
    {
        LetGo();
        _mouth.Dispose();
        _where.Dispose();
    }

    private Action Deed(string storm) => storm switch
    {
        "floods" => () => Send(new FloodMessage(NextId(), Invented(), Ttl, [new FloodEntry(Objective(ObjectiveFlags.F_SYNCH), null)])),
        "searches" => () => Send(new DiscoveryMessage(NextId(), Invented(), Objective(ObjectiveFlags.F_DISC))),
        "mutations" => SendMutated,
        "connections" => Connect,
        _ => throw new ArgumentOutOfRangeException(nameof(storm), storm, "no such storm"),
    };

    private long Storm(Action deed, int perSecond)
    {
        var start = Stopwatch.GetTimestamp();
        long done = 0;
        while (!_stopping)
        {
            for (var due = (long)(Stopwatch.GetElapsedTime(start).TotalSeconds * perSecond); done < due && !_stopping; done++)
                deed();
            Thread.Sleep(1);
        }

        return done;
    }

    private void Send(GraspMessage message) => Send(message.Encode());

    private void Send(byte[] bytes) =>
        _mouth.TrySend(bytes, _address, GraspConstants.ALL_GRASP_NEIGHBORS, GraspConstants.GRASP_LISTEN_PORT, _link);

    private void SendMutated()
    {
        var bytes = new FloodMessage(NextId(), Invented(), Ttl, [new FloodEntry(Objective(ObjectiveFlags.F_SYNCH), null)]).Encode();
        for (var i = 0; i < 3; i++)
            bytes[_random.Next(bytes.Length)] = (byte)_random.Next(256);
        Send(bytes);
    }

    // Says nothing on any; the oldest makes room.
    private void Connect()
    {
        if (_held.Count >= Connections)
            _held.Dequeue().Dispose();
        if (StreamSocket.TryConnect(_victim, _port, 0) is { } socket)
            _held.Enqueue(socket);
    }

    private void LetGo()
    {
        while (_held.TryDequeue(out var socket))
            socket.Dispose();
    }

    private uint NextId() => (uint)++_number;

    private Ipv6Address Invented() => new(0xfd00_0bad_0000_0000, (ulong)_number);

    private Objective Objective(ObjectiveFlags flags) =>
        new(string.Create(CultureInfo.InvariantCulture, $"bad:{_number}"), flags, GraspConstants.GRASP_DEF_LOOPCT, new byte[] { 0x01 });
}
