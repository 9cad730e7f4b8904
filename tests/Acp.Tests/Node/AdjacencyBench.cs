using Acp.Core;
using Acp.Core.Node;
using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Tests.Node;

/// <summary>An adjacency machine with one neighbour in mind, on virtual time.</summary>
internal sealed class AdjacencyBench
{
    public static readonly LinkId Link = new(3);
    public static readonly LinkId OtherLink = new(4);
    public static readonly Ipv6Address Peer = Ipv6Address.Parse("fe80::64"); // last octet 100
    public static readonly ValueList<ChannelMethod> Ike = [new("IKEv2", 500)];
    public static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    public static readonly Instant Start = new(5_555_555_555_500);

    public static readonly PeerIdentity Identity =
        new(Ipv6Address.Parse("fd89::1"), "rfcSELF+x", "CN=x", DateTimeOffset.UnixEpoch, new byte[] { 1 });

    public AdjacencyMachine Machine { get; } = new(new AdjacencyOptions(), new SeededRandom(1));

    public List<(Instant At, AdjacencyAction.Initiate What)> Initiations { get; } = [];

    public Instant Now { get; private set; } = Start;

    public AdjacencyEntry Entry => Machine.Table.Find(Link, Peer) ?? throw new InvalidOperationException("no such entry");

    public void Hear(bool changed = true) => Machine.HandleNeighborHeard(Now, Link, Peer, Ike, changed);

    public void Up(int channel, bool weAreDecider) =>
        Machine.HandleChannelUp(Now, Link, Peer, Identity, weAreDecider, new ChannelId(channel));

    public void Down(int channel, string reason, bool byPeerDelete) =>
        Machine.HandleChannelDown(Now, Link, Peer, new ChannelId(channel), reason, byPeerDelete);

    public void Fail(string reason = "no answer") => Machine.HandleAttemptFailed(Now, Link, Peer, reason);

    public void RunToInitiation()
    {
        var before = Initiations.Count;
        while (Initiations.Count == before)
        {
            Assert.NotNull(Machine.NextDeadline);
            RunTo(Machine.NextDeadline.Value);
        }
    }

    public void RunFor(TimeSpan span) => RunTo(Now + span);

    /// <summary>Goes from deadline to deadline, never past one.</summary>
    public void RunTo(Instant end)
    {
        while (Machine.NextDeadline is { } next && next <= end)
        {
            Now = next > Now ? next : Now;
            Handle();
            Assert.True(Machine.NextDeadline is not { } again || again > Now, "a deadline that was handled is still due");
        }
        Now = end;
        Handle();
    }

    private void Handle()
    {
        Machine.HandleTime(Now);
        foreach (var action in Machine.Actions.Drain())
            Initiations.Add((Now, Assert.IsType<AdjacencyAction.Initiate>(action)));
    }
}
