using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Core.Ikev2.Crypto;
using Acp.Core.Time;
using Acp.Explorer.Toy;
using Acp.Linux.Crypto;
using Acp.Simulation.Toy;
using Acp.Wire;

namespace Acp.Explorer;

/// <summary>One node: its machine, and its data plane as the actions install it.</summary>
internal sealed class ExplorerNode(ExplorerWorld world, int index)
{
    private readonly List<uint> _removed = [];

    public int Index { get; } = index;

    public char Name => "AB"[Index];

    public Ipv6Address LinkLocal { get; } = Ipv6Address.Parse(index == 0 ? "fe80::a" : "fe80::b");

    public Ikev2Machine Machine { get; private set; } = null!;

    public ToyIdentity Identity { get; private set; } = null!;

    public ToyIkeCrypto? Toy { get; private set; }

    /// <summary>All shared secrets that <see cref="Toy"/> handed out in this life.</summary>
    public List<SecretBytes> Secrets { get; } = [];

    /// <summary>The machine's randomness, and the driver's.</summary>
    public SeededRandom Random { get; private set; } = null!;

    /// <summary>Counts restarts; what was under way for an earlier life is void.</summary>
    public int Generation { get; private set; }

    /// <summary>Begin anew whenever there is no channel.</summary>
    public bool Wants { get; set; }

    /// <summary>An orderly shutdown was asked for.</summary>
    public bool IsShutDown { get; set; }

    public LinkId Link { get; set; }

    public bool LinkIsUp { get; set; }

    public Instant FrozenUntil { get; set; }

    public Instant MuteUntil { get; set; }

    public Instant? Deadline { get; set; }

    public bool RetryScheduled { get; set; }

    public ChannelId? Channel { get; private set; }

    public int ChannelsClosed { get; private set; }

    public List<InstalledChild> Children { get; } = [];

    /// <summary>The inbound SPI of the child that sends, or 0.</summary>
    public uint Sending { get; private set; }

    /// <summary>Since when what we send cannot be received.</summary>
    public Instant? BlackSince { get; set; }

    /// <summary>The step under way is one of time.</summary>
    public bool TimePassed { get; set; }

    /// <summary>The last step ended an IKE SA because nobody answered.</summary>
    public bool GaveUp { get; set; }

    /// <summary>Inbound SPIs that the last step removed while the channel went on.</summary>
    public IReadOnlyList<uint> JustRemoved => _removed;

    /// <summary>The SPIs of the IKE SA we last sent something for, for forged hints.</summary>
    public byte[]? LastProtected { get; private set; }

    public void Start(Schedule schedule, ulong seed)
    {
        Generation = 0;
        Wants = Index == 0 ? schedule.AWants : schedule.BWants;
        Link = new LinkId(10 + Index);
        LinkIsUp = true;
        FrozenUntil = MuteUntil = ExplorerWorld.Begin;
        RetryScheduled = false;
        Identity = new ToyIdentity(
            Ipv6Address.Parse(Index == 0 ? "fd89:b714:f3db:0:200:0:6400:9" : "fd89:b714:f3db:0:200:0:6400:1"),
            schedule.Setup.IntermediateOctets)
        { RefuseAll = Index == 1 && schedule.Setup.BRefuses };
        ChannelsClosed = 0;
        Begin(schedule, seed);
    }

    /// <summary>Loses all state.</summary>
    public void Restart(Schedule schedule, ulong seed)
    {
        Generation++;
        ChannelsClosed++;
        Begin(schedule, seed);
    }

    /// <summary>Has a new certificate.</summary>
    public Ikev2Identity Renew() => (Identity = Identity.Renewed()).Identity;

    public InstalledChild? Find(uint inboundSpi)
    {
        foreach (var child in Children)
        {
            if (child.InboundSpi == inboundSpi)
                return child;
        }

        return null;
    }

    public void Perform()
    {
        _removed.Clear();
        GaveUp = false;
        DrainFacts();
        while (Machine.Actions.TryTake(out var action))
        {
            Perform(action);
            DrainFacts();
        }

        if (Channel is null)
            _removed.Clear();
        Deadline = Machine.NextDeadline;
    }

    private void Begin(Schedule schedule, ulong seed)
    {
        Random = new SeededRandom(seed);
        Channel = null;
        Sending = 0;
        Children.Clear();
        _removed.Clear();
        BlackSince = null;
        IsShutDown = false;
        LastProtected = null;
        Toy = schedule.RealCrypto ? null : new ToyIkeCrypto(Random) { SecretMade = Secrets.Add };
        Secrets.Clear();
        Machine = new Ikev2Machine(Index == 0 ? schedule.Setup.A : schedule.Setup.B, Identity.Identity,
            (IIkeCrypto?)Toy ?? new PlatformIkeCrypto(), Random);
        Deadline = null;
    }

    private void DrainFacts()
    {
        while (Machine.Facts.TryTake(out var fact))
            world.Note(this, fact);
    }

    private void Perform(Ikev2Action action)
    {
        world.Trace(this, action);
        switch (action)
        {
            case Ikev2Action.SendDatagram send:
                if (send.Link != Link)
                    throw new InvariantException($"{Name} sends on {send.Link}, which is gone");
                if (send.Datagram.Span[16] is 46 or 53)
                    LastProtected = send.Datagram[..28].ToArray();
                world.Send(this, send.Datagram);
                break;
            case Ikev2Action.SignAuth sign:
                world.Ask(this, sign);
                break;
            case Ikev2Action.VerifyPeer verify:
                world.Ask(this, verify);
                break;
            case Ikev2Action.ChannelEstablished established:
                Check(Channel is null, "has two channels with one neighbour");
                Channel = established.Channel;
                break;
            case Ikev2Action.InstallChildSa { ChildSa: var sa } install:
                Check(sa.Channel == Channel, "installs a child SA before its channel");
                Check(Find(sa.InboundSpi) is null, $"has two SAs with SPI {sa.InboundSpi:x8}");
                Check(sa.InboundSpi > 255, "uses a reserved SPI");
                Children.Add(new InstalledChild(sa.Channel, sa.InboundSpi, sa.OutboundSpi, ToyHash.Of(0, sa.InboundKey.Span), ToyHash.Of(0, sa.OutboundKey.Span)));
                sa.InboundKey.Dispose();
                sa.OutboundKey.Dispose();
                if (install.SendAtOnce || Sending == 0)
                    Sending = sa.InboundSpi;
                break;
            case Ikev2Action.SwitchOutbound { InboundSpi: var spi }:
                Check(Find(spi) is not null, "switches to an unknown child SA");
                Sending = spi;
                break;
            case Ikev2Action.RemoveChildSa { InboundSpi: var spi }:
                var at = Children.FindIndex(c => c.InboundSpi == spi);
                Check(at >= 0, "removes an unknown child SA");
                Children.RemoveAt(at);
                _removed.Add(spi);
                if (Sending == spi)
                    Sending = 0;
                break;
            case Ikev2Action.ChannelClosed closed:
                Check(closed.Channel == Channel, "closes an unknown channel");
                Check(Children.Count == 0, "closes a channel that has child SAs");
                Channel = null;
                Sending = 0;
                BlackSince = null;
                ChannelsClosed++;
                break;
            default:
                break;
        }
    }

    private void Check(bool condition, string what)
    {
        if (!condition)
            throw new InvariantException($"{Name} {what}");
    }
}
