using System.Security.Cryptography;
using Acp.Core;
using Acp.Core.Dull;
using Acp.Core.Identity;
using Acp.Core.Ikev2;
using Acp.Core.Node;
using Acp.Linux.Crypto;
using Acp.Linux.Loop;
using Acp.Linux.Namespaces;
using Acp.Linux.Sockets;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Lab.Refusals;

/// <summary>
/// A neighbour that <c>acpd</c> would not be: our own machines on a box's bare interface, with whatever certificate and key
/// the test gives them. It accepts everybody. Runs on a thread of its own.
/// </summary>
internal sealed class RogueNode : IDisposable
{
    private static readonly LinkId Link = new(1);

    private readonly Node _node;
    private readonly Ipv6DatagramSocket _dull;
    private readonly Ipv6DatagramSocket _ike;
    private readonly Ipv6Address _linkLocal;
    private readonly int _interface;
    private readonly ECDsa _key;
    private readonly byte[] _algorithm =
        new SignatureAlgorithm(SignatureScheme.Ecdsa, HashAlgorithmName.SHA256).Encode();
    private readonly Thread _thread;
    private volatile bool _stop;

    /// <param name="key">What it signs with; still the caller's.</param>
    public RogueNode(NetworkNamespace ns, string interfaceName, Ipv6Address acpAddress, ReadOnlyMemory<byte> certificate, ECDsa key)
    {
        _key = key;
        (_interface, _linkLocal) = LinkLocal.Of(ns, interfaceName);
        _dull = Ipv6DatagramSocket.OpenUdp(ns, interfaceName, _interface, Ipv6Address.Unspecified, GraspConstants.GRASP_LISTEN_PORT, "rogue DULL");
        _dull.Join(Ipv6Address.AllGraspNeighbors, _interface);
        _ike = Ipv6DatagramSocket.OpenUdp(ns, interfaceName, _interface, _linkLocal, 500, "rogue IKE");
        _node = new Node(
            new NodeOptions { Dull = new DullOptions { Period = TimeSpan.FromSeconds(5) } },
            new NodeSelf(acpAddress, new Ipv6Prefix(acpAddress, 127), [certificate], [new byte[20]]), new PlatformIkeCrypto(), new OsRandom());
        _thread = new Thread(Run) { IsBackground = true, Name = $"rogue on {ns}" };
        _thread.Start();
    }

    public Ipv6Address Address => _linkLocal;

    public void Dispose()
    {
        _stop = true;
        _thread.Join();
        _dull.Dispose();
        _ike.Dispose();
    }

    private void Run()
    {
        var buffer = new byte[20_000];
        _node.HandleLinkUp(BootClock.Now, new NodeLink(Link, "rogue", "rogue", _linkLocal, 1500, 0));
        while (!_stop)
        {
            Perform();
            while (_dull.TryReceive(buffer, out var datagram))
                _node.HandleDull(BootClock.Now, Link, datagram.Source, datagram.HopLimit, buffer.AsSpan(0, datagram.Length));
            while (_ike.TryReceive(buffer, out var datagram))
                _node.HandleIke(BootClock.Now, Link, _linkLocal, 500, datagram.Source, datagram.SourcePort, buffer.AsSpan(0, datagram.Length));
            if (_node.NextDeadline <= BootClock.Now)
                _node.HandleTime(BootClock.Now);
            Perform();
            Thread.Sleep(5);
        }
    }

    private void Perform()
    {
        while (_node.Actions.TryTake(out var action))
        {
            switch (action)
            {
                case NodeAction.SendDull dull:
                    _dull.TrySend(dull.Payload.Span, _linkLocal, Ipv6Address.AllGraspNeighbors, GraspConstants.GRASP_LISTEN_PORT, _interface);
                    break;
                case NodeAction.SendIke ike:
                    _ike.TrySend(ike.Payload.Span, _linkLocal, ike.Remote, ike.RemotePort, _interface);
                    break;
                case NodeAction.SignAuth sign:
                    _node.HandleSigned(BootClock.Now, sign.Question.Request, _algorithm,
                        _key.SignData(sign.Question.Octets.Span, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
                    break;
                case NodeAction.VerifyPeer verify:
                    _node.HandlePeerVerdict(BootClock.Now, verify.Question.Request, PeerVerdict.Accept(new PeerIdentity(
                        Ipv6Address.Read(verify.Question.IdData.Span), "somebody", "CN=somebody", DateTimeOffset.MaxValue,
                        verify.Question.Certificates[0])));
                    break;
                case NodeAction.InstallChildSa install:
                    install.ChildSa.InboundKey.Dispose();
                    install.ChildSa.OutboundKey.Dispose();
                    break;
            }
        }

        while (_node.Facts.TryTake(out _))
        {
        }
    }
}
