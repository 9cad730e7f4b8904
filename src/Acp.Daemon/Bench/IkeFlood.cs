using System.Buffers.Binary;
using System.Diagnostics;
using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Core.Time;
using Acp.Linux.Crypto;
using Acp.Linux.Namespaces;
using Acp.Linux.Sockets;
using Acp.Wire;
using Acp.Wire.Ikev2;

namespace Acp.Daemon.Bench;

/// <summary>
/// Sends good IKE_SA_INIT requests at a steady rate, each from another link-local address that nobody has, with an SPI and a nonce of its own.
/// Runs on a thread of its own until it is disposed.
/// </summary>
public sealed class IkeFlood : IDisposable
{
    /// <summary>As many source ports.</summary>
    private const int Sockets = 16;

    private readonly List<Ipv6DatagramSocket> _sockets = [];
    private readonly Ipv6Address _target;
    private readonly int _interface;
    private readonly int _perSecond;
    private readonly byte[] _request;
    private readonly int _nonce;
    private readonly Thread _thread;
    private volatile bool _stop;
    private long _sent;

    public IkeFlood(NetworkNamespace ns, string interfaceName, int interfaceIndex, Ipv6Address target, int perSecond)
    {
        _target = target;
        _interface = interfaceIndex;
        _perSecond = perSecond;
        (_request, _nonce) = Template();
        // Source addresses that are none of ours.
        Sysctl.Ensure(ns, "net/ipv6/ip_nonlocal_bind", "1");
        for (var i = 0; i < Sockets; i++)
            _sockets.Add(Ipv6DatagramSocket.OpenUdp(ns, interfaceName, interfaceIndex, Ipv6Address.Unspecified, (ushort)(20_000 + i), "flood"));
        _thread = new Thread(Run) { IsBackground = true, Name = "flood" };
        _thread.Start();
    }

    /// <summary>Requests that the system took.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    public void Dispose()
    {
        _stop = true;
        _thread.Join();
        _sockets.ForEach(s => s.Dispose());
    }

    /// <summary>What a real machine sends first, and where its nonce lies.</summary>
    private static (byte[] Request, int Nonce) Template()
    {
        var identity = new Ikev2Identity(Ipv6Address.Parse("fd00::1"), [new byte[] { 0x30, 0 }], []);
        var machine = new Ikev2Machine(new Ikev2Options(), identity, new PlatformIkeCrypto(), new OsRandom());
        machine.Initiate(default, new LinkId(1), Ipv6Address.Parse("fe80::1"), Ipv6Address.Parse("fe80::2"), 500);
        byte[]? request = null;
        while (machine.Actions.TryTake(out var action))
        {
            if (action is Ikev2Action.SendDatagram send)
                request = send.Datagram.ToArray();
        }

        if (request is null || !IkeMessage.TryDecode(request, out var message, out _) || message.Payloads.OfType<NoncePayload>().FirstOrDefault() is not { } nonce)
            throw new BenchException("the machine did not begin");
        machine.HandleLinkDown(default, new LinkId(1));
        return (request, request.AsSpan().IndexOf(nonce.Nonce.Span));
    }

    private void Run()
    {
        // Not for secrets: it must only not repeat itself.
        var random = new Random();
        var clock = Stopwatch.StartNew();
        for (long i = 0; !_stop; i++)
        {
            if (i > clock.Elapsed.TotalSeconds * _perSecond)
            {
                Thread.Sleep(1);
                i--;
                continue;
            }

            BinaryPrimitives.WriteInt64BigEndian(_request, random.NextInt64(1, long.MaxValue));
            random.NextBytes(_request.AsSpan(_nonce, 32));
            var source = new Ipv6Address(((UInt128)0xfe80 << 112) + (ulong)random.NextInt64());
            if (_sockets[(int)(i % Sockets)].TrySend(_request, source, _target, 500, _interface))
                Interlocked.Increment(ref _sent);
        }
    }
}
