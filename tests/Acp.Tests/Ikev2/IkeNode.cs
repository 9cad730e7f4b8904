using System.Security.Cryptography;
using Acp.Core;
using Acp.Core.Identity;
using Acp.Core.Ikev2;
using Acp.Core.Time;
using Acp.Linux.Crypto;
using Acp.Tests.Identities;
using Acp.Wire;

namespace Acp.Tests.Ikev2;

/// <summary>One node of an <see cref="IkeWorld"/>: the machine, its authenticator, and a picture of its data plane.</summary>
internal sealed class IkeNode
{
    private readonly IkeWorld _world;
    private PeerAuthentication? _authentication;

    public IkeNode(IkeWorld world, string name, Ipv6Address linkLocal, Ipv6Address acpAddress, Ikev2Options options, ulong seed)
    {
        _world = world;
        Name = name;
        LinkLocal = linkLocal;
        Options = options;
        Authenticator = new TestAuthenticator(acpAddress);
        Restart(seed);
    }

    public string Name { get; }

    public Ipv6Address LinkLocal { get; }

    public Ikev2Options Options { get; set; }

    public TestAuthenticator Authenticator { get; set; }

    /// <summary>Real certificates in place of <see cref="Authenticator"/>, from the next <see cref="Restart"/> on.</summary>
    public NodeIdentity? Identity { get; set; }

    /// <summary>Makes the machine's randomness, from the next <see cref="Restart"/> on.</summary>
    public Func<ulong, RandomSource> Random { get; set; } = seed => new SeededRandom(seed);

    /// <summary>The AlgorithmIdentifiers that we signed with.</summary>
    public List<string> SignedWith { get; } = [];

    public Ikev2Machine Machine { get; private set; } = null!;

    public List<Ikev2Action> Actions { get; } = [];

    public List<Ikev2Fact> Facts { get; } = [];

    /// <summary>How long a question (sign, verify) takes.</summary>
    public TimeSpan AnswerDelay { get; set; }

    /// <summary>Installed child SAs by inbound SPI: the other SPI, hashes of both keys, the channel.</summary>
    public Dictionary<uint, Installed> Children { get; } = [];

    /// <summary>Open channels.</summary>
    public Dictionary<ChannelId, Ikev2Action.ChannelEstablished> Channels { get; } = [];

    /// <summary>The inbound SPI of the child that sends, per channel.</summary>
    public Dictionary<ChannelId, uint> Sending { get; } = [];

    public int EspLost { get; private set; }

    public int EspReceived { get; private set; }

    /// <summary>Loses all state, as a crash does.</summary>
    public void Restart(ulong seed)
    {
        Children.Clear();
        Channels.Clear();
        Sending.Clear();
        Actions.Clear();
        Facts.Clear();
        _authentication = Identity is null ? null : new PeerAuthentication(Identity);
        Machine = new Ikev2Machine(Options, OwnIdentity(), new PlatformIkeCrypto(), Random(seed));
    }

    /// <summary>A new certificate with a new key.</summary>
    public void Renew()
    {
        Authenticator.Dispose();
        Authenticator = new TestAuthenticator(Authenticator.Address);
        Machine.SetIdentity(_world.Now, OwnIdentity());
        Perform();
    }

    public void Initiate(LinkId link, IkeNode peer)
    {
        Machine.Initiate(_world.Now, link, LinkLocal, peer.LinkLocal, 500);
        Perform();
    }

    /// <summary>Performs what the machine wants.</summary>
    public void Perform()
    {
        Facts.AddRange(Machine.Facts.Drain());
        while (Machine.Actions.TryTake(out var action))
        {
            Actions.Add(action);
            Perform(action);
            Facts.AddRange(Machine.Facts.Drain());
        }
    }

    /// <summary>The peer could take what we would send now.</summary>
    public bool CanReach(IkeNode peer) =>
        Sending.Count > 0 && Sending.Values.All(s => peer.Children.ContainsKey(Children[s].OutboundSpi));

    /// <summary>Sends one packet through the channel's current child SA.</summary>
    public void SendEsp(IkeNode peer, LinkId link)
    {
        foreach (var inbound in Sending.Values)
        {
            var child = Children[inbound];
            _world.Post(() => peer.ReceiveEsp(child.OutboundSpi, child.OutboundKey));
        }
    }

    private Ikev2Identity OwnIdentity() => Identity is null
        ? new Ikev2Identity(Authenticator.Address,
            [Authenticator.Certificate, .. Authenticator.Intermediates, TestAuthenticator.TrustAnchor], [new byte[20]])
        : new Ikev2Identity(Identity.Address, Identity.CertificatePayloads(true), [Identity.CertificationAuthorities()]);

    private static string Digest(SecretBytes key) => Convert.ToHexString(SHA256.HashData(key.Span));

    private void ReceiveEsp(uint spi, string key)
    {
        if (Children.TryGetValue(spi, out var child) && child.InboundKey == key)
            EspReceived++;
        else
            EspLost++;
    }

    private void Perform(Ikev2Action action)
    {
        switch (action)
        {
            case Ikev2Action.SendDatagram send:
                _world.Send(this, send);
                break;
            case Ikev2Action.SignAuth sign:
                _world.Post(AnswerDelay, () =>
                {
                    var signed = _authentication is null
                        ? new AuthSignature(TestAuthenticator.AlgorithmIdentifier, Authenticator.Sign(sign.Octets.Span))
                        : _authentication.Sign(sign.Octets.Span, sign.PeerHashes);
                    if (signed is not null)
                        SignedWith.Add(Convert.ToHexString(signed.AlgorithmIdentifier));
                    Machine.HandleSigned(_world.Now, sign.Request, signed?.AlgorithmIdentifier, signed?.Signature);
                    Perform();
                });
                break;
            case Ikev2Action.VerifyPeer verify:
                _world.Post(AnswerDelay, () =>
                {
                    Machine.HandlePeerVerdict(_world.Now, verify.Request, _authentication is null
                        ? Authenticator.Judge(verify.Certificates, verify.IdType, verify.IdData.Span, verify.SignedOctets.Span,
                            verify.AlgorithmIdentifier.Span, verify.Signature.Span)
                        : _authentication.Verify(verify.Certificates, verify.IdType, verify.IdData.Span, verify.SignedOctets.Span,
                            verify.AlgorithmIdentifier, verify.Signature.Span, Pki.Clock, _world.Now));
                    Perform();
                });
                break;
            case Ikev2Action.ChannelEstablished established:
                Channels.Add(established.Channel, established);
                break;
            case Ikev2Action.InstallChildSa install:
                var sa = install.ChildSa;
                Assert.True(Channels.ContainsKey(sa.Channel), "child SA before its channel");
                Assert.Equal(36, sa.InboundKey.Length);
                Children.Add(sa.InboundSpi, new Installed(sa.Channel, sa.OutboundSpi, Digest(sa.InboundKey), Digest(sa.OutboundKey)));
                sa.InboundKey.Dispose();
                sa.OutboundKey.Dispose();
                if (install.SendAtOnce || !Sending.ContainsKey(sa.Channel))
                    Sending[sa.Channel] = sa.InboundSpi;
                break;
            case Ikev2Action.SwitchOutbound switching:
                Assert.True(Children.ContainsKey(switching.InboundSpi), "switch to an unknown child SA");
                Sending[switching.Channel] = switching.InboundSpi;
                break;
            case Ikev2Action.RemoveChildSa remove:
                Assert.True(Children.Remove(remove.InboundSpi), "removal of an unknown child SA");
                if (Sending.TryGetValue(remove.Channel, out var sending) && sending == remove.InboundSpi)
                    Sending.Remove(remove.Channel);
                break;
            case Ikev2Action.ChannelClosed closed:
                Assert.True(Channels.Remove(closed.Channel), "an unknown channel closed");
                Assert.DoesNotContain(Children.Values, c => c.Channel == closed.Channel);
                break;
            default:
                break;
        }
    }

    internal sealed record Installed(ChannelId Channel, uint OutboundSpi, string InboundKey, string OutboundKey);
}
