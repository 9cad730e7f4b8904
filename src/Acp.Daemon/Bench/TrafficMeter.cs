using System.Diagnostics;
using System.Net.Sockets;

namespace Acp.Daemon.Bench;

/// <summary>Sends one kind of traffic from box a to box b through a tunnel, and measures what arrives and what it costs.</summary>
internal sealed class TrafficMeter(EspBenchSide a, EspBenchSide b, ITunnel tunnel)
{
    private const int Port = 5201;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    private long _sent;
    private long _received;
    private long _octets;
    private volatile bool _stop;

    public EspBenchRow Tcp(TimeSpan duration)
    {
        using var listener = Socket(b, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(b.InnerEndPoint(Port));
        listener.Listen(1);
        using var client = Socket(a, SocketType.Stream, ProtocolType.Tcp);
        ConnectPatiently(client);
        using var server = listener.Accept();
        var sender = Start(() =>
        {
            var buffer = new byte[128 * 1024];
            while (!_stop)
                client.Send(buffer);
            client.Shutdown(SocketShutdown.Send);
        });
        var receiver = Start(() =>
        {
            var buffer = new byte[256 * 1024];
            int count;
            while ((count = server.Receive(buffer)) > 0)
                Volatile.Write(ref _octets, _octets + count);
        });
        return Measure("tcp", duration, [sender, receiver]);
    }

    /// <param name="size">UDP payload octets.</param>
    /// <param name="packetsPerSecond">0 for as fast as the sender can.</param>
    public EspBenchRow Udp(int size, int packetsPerSecond, TimeSpan duration)
    {
        using var server = Socket(b, SocketType.Dgram, ProtocolType.Udp);
        server.ReceiveBufferSize = 4 << 20;
        server.ReceiveTimeout = 300;
        server.Bind(b.InnerEndPoint(Port));
        using var client = Socket(a, SocketType.Dgram, ProtocolType.Udp);
        client.Connect(b.InnerEndPoint(Port));
        var sender = Start(() =>
        {
            var buffer = new byte[size];
            var clock = Stopwatch.StartNew();
            while (!_stop)
            {
                if (packetsPerSecond > 0 && _sent > clock.Elapsed.TotalSeconds * packetsPerSecond)
                {
                    Thread.Sleep(1);
                    continue;
                }

                client.Send(buffer);
                Volatile.Write(ref _sent, _sent + 1);
            }
        });
        var receiver = Start(() =>
        {
            var buffer = new byte[2048];
            while (true)
            {
                try
                {
                    var count = server.Receive(buffer);
                    Volatile.Write(ref _octets, _octets + count);
                    Volatile.Write(ref _received, _received + 1);
                }
                catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
                {
                    if (_stop)
                        return;
                }
            }
        });
        return Measure($"udp-{size}{(packetsPerSecond > 0 ? "-paced" : "")}", duration, [sender, receiver]);
    }

    private EspBenchRow Measure(string traffic, TimeSpan duration, Thread[] threads)
    {
        Thread.Sleep(WarmUp);
        var (sent, received, octets) = (Volatile.Read(ref _sent), Volatile.Read(ref _received), Volatile.Read(ref _octets));
        var cpu = Cpu();
        var clock = Stopwatch.StartNew();
        Thread.Sleep(duration);
        var seconds = clock.Elapsed.TotalSeconds;
        cpu = Cpu() - cpu;
        (sent, received, octets) = (Volatile.Read(ref _sent) - sent, Volatile.Read(ref _received) - received, Volatile.Read(ref _octets) - octets);
        var rss = tunnel.Processes.Max(process => process.RssMegabytes());
        _stop = true;
        foreach (var thread in threads)
            thread.Join();
        var gbit = octets * 8 / 1e9;
        return new EspBenchRow(
            tunnel.Name,
            traffic,
            Round(gbit / seconds, 3),
            Round(received / seconds, 0),
            sent == 0 ? 0 : Round(Math.Max(0, 100.0 * (sent - received) / sent), 1),
            Round(cpu / seconds, 2),
            gbit == 0 ? 0 : Round(cpu / gbit, 3),
            received == 0 ? 0 : Round(cpu * 1e6 / received, 2),
            Round(rss, 1));
    }

    private static double Round(double value, int digits) => Math.Round(value, digits);

    private double Cpu() => tunnel.Processes.Sum(process => process.CpuSeconds());

    private Socket Socket(EspBenchSide side, SocketType type, ProtocolType protocol) =>
        tunnel.UserNamespace(side).Run(() => new Socket(AddressFamily.InterNetworkV6, type, protocol));

    /// <summary>A tunnel and its addresses need a moment until the kernel has them everywhere.</summary>
    private void ConnectPatiently(Socket client)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                client.Connect(b.InnerEndPoint(Port));
                return;
            }
            catch (SocketException) when (attempt < 20)
            {
                Thread.Sleep(100);
            }
        }
    }

    private static Thread Start(Action action)
    {
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (SocketException)
            {
                // The other end went; the figures show it.
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        return thread;
    }
}
