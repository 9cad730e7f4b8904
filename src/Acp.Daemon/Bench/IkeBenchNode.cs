using System.Buffers.Binary;
using System.Diagnostics;
using Acp.Core;
using Acp.Core.Identity;
using Acp.Core.Ikev2;
using Acp.Core.Time;
using Acp.Linux.Crypto;
using Acp.Linux.Loop;
using Acp.Linux.Namespaces;
using Acp.Linux.Sockets;
using Acp.Wire;

namespace Acp.Daemon.Bench;

/// <summary>
/// The IKE half of a daemon: the loop, the sockets, the machine and the membership check are the real ones; keys of child SAs go to
/// nobody. Two things differ. A machine has one channel per neighbour and link, and here all handshakes are with one neighbour: each gets
/// a link of its own, told apart by the initiator's SPI. And strongSwan without kernel IPsec insists on UDP encapsulation: the machine
/// believes in port 500 whatever the wire uses. Owned by the loop.
/// </summary>
internal sealed class IkeBenchNode : IDisposable
{
    private const int Batch = 64;
    private const int BufferSize = 16 * 1024 + 1;
    private const ushort Port = 500;
    private const ushort EncapsulationPort = 4500;

    private readonly EventLoop _loop;
    private readonly int _interface;
    private readonly Ipv6Address _local;
    private readonly Ipv6Address _remote;
    private readonly bool _fresh;
    private readonly NodeIdentity _identity;
    private readonly Ikev2Machine _machine;
    private readonly Ipv6DatagramSocket _plain;
    private readonly Ipv6DatagramSocket _encapsulated;
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly byte[] _marked = new byte[BufferSize];

    /// <summary>By the initiator's SPI: the made-up link, and whether the peer went to port 4500.</summary>
    private readonly Dictionary<ulong, (LinkId Link, bool Encapsulated)> _flows = [];
    private PeerAuthentication _authentication;
    private int _lastLink;
    private int _toBegin;
    private int _running;
    private int _complete;
    private long _begun;
    private Action<int, long>? _done;

    /// <param name="fresh">Judge every peer as if it were met for the first time.</param>
    public IkeBenchNode(EventLoop loop, NodeIdentity identity, string interfaceName, int interfaceIndex, Ipv6Address local, Ipv6Address remote, bool fresh)
    {
        _loop = loop;
        _identity = identity;
        _interface = interfaceIndex;
        _local = local;
        _remote = remote;
        _fresh = fresh;
        _authentication = new PeerAuthentication(identity);
        var own = new Ikev2Identity(
            identity.Address,
            identity.CertificatePayloads(withTrustAnchors: true),
            [.. identity.CertificationAuthorities().Chunk(20).Select(hash => (ReadOnlyMemory<byte>)hash)]);
        // Idle SAs stay idle: what is measured is the handshake.
        _machine = new Ikev2Machine(new Ikev2Options { LivenessIdle = TimeSpan.FromHours(1) }, own, new PlatformIkeCrypto(), new OsRandom());
        using var here = NetworkNamespace.OpenCurrent();
        _plain = Ipv6DatagramSocket.OpenUdp(here, interfaceName, interfaceIndex, local, Port, "IKE");
        _encapsulated = Ipv6DatagramSocket.OpenUdp(here, interfaceName, interfaceIndex, local, EncapsulationPort, "IKE in UDP");
        loop.Register(_plain.Descriptor, () => Receive(_plain, false));
        loop.Register(_encapsulated.Descriptor, () => Receive(_encapsulated, true));
    }

    public int Established { get; private set; }

    public Instant? NextDeadline() => _machine.NextDeadline;

    public void HandleTime(Instant now)
    {
        _machine.HandleTime(now);
        Perform();
    }

    /// <summary>Begins so many handshakes, so many at once; <paramref name="done"/> hears how many were complete and the microseconds.</summary>
    public void Initiate(int count, int inFlight, Action<int, long> done)
    {
        _done = done;
        _toBegin = count;
        _complete = 0;
        _begun = Stopwatch.GetTimestamp();
        for (var i = 0; i < inFlight && _toBegin > 0; i++)
            Begin();
        Perform();
    }

    /// <summary>Every link goes down: no SA is left, and nobody is told.</summary>
    public bool Clear()
    {
        foreach (var flow in _flows.Values.ToList())
            _machine.HandleLinkDown(BootClock.Now, flow.Link);
        Perform();
        _flows.Clear();
        return true;
    }

    public void Dispose()
    {
        _plain.Dispose();
        _encapsulated.Dispose();
    }

    private void Begin()
    {
        _toBegin--;
        _running++;
        _machine.Initiate(BootClock.Now, new LinkId(++_lastLink), _local, _remote, Port);
    }

    private void Ended(bool complete)
    {
        if (_done is null)
            return;
        _running--;
        _complete += complete ? 1 : 0;
        if (_toBegin > 0)
        {
            Begin();
        }
        else if (_running == 0)
        {
            _done(_complete, (long)Stopwatch.GetElapsedTime(_begun).TotalMicroseconds);
            _done = null;
        }
    }

    private void Receive(Ipv6DatagramSocket socket, bool encapsulated)
    {
        for (var i = 0; i < Batch && socket.TryReceive(_buffer, out var datagram); i++)
        {
            var bytes = _buffer.AsSpan(0, datagram.Length);
            // RFC 3948 §2.2: four zero octets say that it is not ESP.
            if (encapsulated)
                bytes = bytes.Length > 4 && BinaryPrimitives.ReadUInt32BigEndian(bytes) == 0 ? bytes[4..] : [];
            if (bytes.Length < 28)
                continue;
            var spi = BinaryPrimitives.ReadUInt64BigEndian(bytes);
            var link = _flows.TryGetValue(spi, out var flow) ? flow.Link : new LinkId(++_lastLink);
            _flows[spi] = (link, encapsulated);
            _machine.HandleDatagram(BootClock.Now, link, _local, Port, datagram.Source, Port, bytes);
            Perform();
        }
    }

    private void Send(Ikev2Action.SendDatagram send)
    {
        var bytes = send.Datagram.Span;
        var spi = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        if (!_flows.TryGetValue(spi, out var flow))
            _flows[spi] = flow = (send.Link, false);
        if (!flow.Encapsulated)
        {
            _plain.TrySend(bytes, _local, send.Remote, Port, _interface);
            return;
        }

        bytes.CopyTo(_marked.AsSpan(4));
        _encapsulated.TrySend(_marked.AsSpan(0, 4 + bytes.Length), _local, send.Remote, EncapsulationPort, _interface);
    }

    private void Perform()
    {
        while (_machine.Actions.TryTake(out var action))
        {
            switch (action)
            {
                case Ikev2Action.SendDatagram send:
                    Send(send);
                    break;
                case Ikev2Action.SignAuth sign:
                    var answer = _authentication.Sign(sign.Octets.Span, sign.PeerHashes);
                    _machine.HandleSigned(BootClock.Now, sign.Request, answer?.AlgorithmIdentifier, answer?.Signature);
                    break;
                case Ikev2Action.VerifyPeer verify:
                    Verify(verify);
                    break;
                case Ikev2Action.InstallChildSa install:
                    install.ChildSa.InboundKey.Dispose();
                    install.ChildSa.OutboundKey.Dispose();
                    break;
                case Ikev2Action.ChannelEstablished established:
                    Established++;
                    Ended(true);
                    break;
                case Ikev2Action.ChannelClosed:
                    Established--;
                    break;
                case Ikev2Action.InitiationFailed failed:
                    Console.Error.WriteLine(failed);
                    Ended(false);
                    break;
            }
        }

        while (_machine.Facts.TryTake(out _))
        {
        }
    }

    private void Verify(Ikev2Action.VerifyPeer question)
    {
        if (_fresh)
            _authentication = new PeerAuthentication(_identity);
        var now = BootClock.Now;
        var verdict = _authentication.Verify(
            question.Certificates, question.IdType, question.IdData.Span, question.SignedOctets.Span, question.AlgorithmIdentifier,
            question.Signature.Span, new WallClock(DateTimeOffset.UtcNow, now), now);
        _machine.HandlePeerVerdict(now, question.Request, verdict);
    }
}
