using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Core.Node;
using Acp.Core.Time;
using Acp.Daemon.Trace;
using Acp.Wire;

namespace Acp.Daemon.Journal;

/// <summary>
/// Remembers for each peer what it showed and what became of it, so that <c>acpd channel PEER</c> can say why. Bounded:
/// the peer that nothing was heard of for the longest time is forgotten first, those with a channel last. The loop's.
/// </summary>
internal sealed class PeerJournal(int capacity = PeerJournal.MaxPeers)
{
    /// <summary>With some 5 KiB each for certificates and story.</summary>
    public const int MaxPeers = 256;

    /// <summary>Octets of certificates kept for one peer: an RSA chain and its trust anchor fit. A stranger may send more.</summary>
    public const int MaxCertificateOctets = 16 * 1024;

    private readonly Dictionary<(LinkId Link, Ipv6Address Remote), PeerRecord> _peers = [];
    private readonly Dictionary<ChannelId, PeerRecord> _channels = [];

    public IReadOnlyCollection<PeerRecord> Peers => _peers.Values;

    public PeerRecord? Find(LinkId link, Ipv6Address remote) => _peers.GetValueOrDefault((link, remote));

    /// <summary>The peer showed certificates, and this is what was thought of them.</summary>
    public void NoteVerdict(Instant now, Ikev2Action.VerifyPeer question, PeerVerdict verdict)
    {
        var peer = Record(now, question.Link, question.Remote);
        var room = MaxCertificateOctets;
        peer.Certificates = [.. question.Certificates.TakeWhile(c => (room -= c.Length) >= 0)];
        if (verdict.Accepted)
            peer.Accepted = question.Certificates;
        peer.Verdict = verdict;
        peer.VerdictAt = now;
    }

    /// <summary>A peer that was let in with what it showed is not acceptable any more.</summary>
    public void NoteLateRefusal(Instant now, PeerRecord peer, PeerVerdict refusal)
    {
        peer.Certificates = peer.Accepted;
        peer.Verdict = refusal;
        peer.VerdictAt = now;
        peer.Complain(now, $"peer refused in mid-life ({refusal.RefusalCode}): {refusal.RefusalText}");
    }

    public void Note(Instant now, NodeFact fact)
    {
        switch (fact)
        {
            case NodeFact.ChannelUp up:
                var opened = Record(now, up.Channel.Link, up.Channel.Remote);
                _channels[up.Channel.Channel] = opened;
                opened.Channels++;
                opened.Tell(now, $"channel {up.Channel.Channel} opened as {up.Channel.InterfaceName}");
                break;
            case NodeFact.ChannelDown down when _channels.Remove(down.Channel.Channel, out var closed):
                var text = $"channel {down.Channel.Channel} closed: {FactText.Closed(down.Reason)}";
                if (down.Reason is ChannelCloseReason.Local or ChannelCloseReason.PeerDelete or ChannelCloseReason.LinkDown)
                    closed.Tell(now, text);
                else
                    closed.Complain(now, text);
                break;
            case NodeFact.ChannelBroken broken:
                Find(broken.Channel.Link, broken.Channel.Remote)?.Complain(now, $"the system does not carry the channel: {broken.Reason}");
                break;
            case NodeFact.Ikev2Noted ike:
                Note(now, ike.Fact);
                break;
        }
    }

    private void Note(Instant now, Ikev2Fact fact)
    {
        switch (fact)
        {
            // What any stranger may cause without a signature is told only of those who are known already.
            case Ikev2Fact.RequestRefused or Ikev2Fact.ErrorReceived or Ikev2Fact.ChildSaRefused or Ikev2Fact.LifetimeOver
                or Ikev2Fact.Malformed { Protected: true }:
                Known(fact)?.Complain(now, FactText.Of(fact));
                break;
            case Ikev2Fact.InitiationEnded { Reason: InitiationFailure.Cancelled } or Ikev2Fact.IkeSaRekeyed or Ikev2Fact.IkeSaReplaced
                or Ikev2Fact.IkeSaReauthenticated or Ikev2Fact.SurplusIkeSa or Ikev2Fact.RekeyCollision or Ikev2Fact.LifetimeNear or Ikev2Fact.LivenessProbe { Hinted: true }
                or Ikev2Fact.IkeSaClosed or Ikev2Fact.InitiationSuperseded or Ikev2Fact.NatDetected
                or Ikev2Fact.NatTraversed or Ikev2Fact.PathMoved or Ikev2Fact.PpkNotUsed:
                Known(fact)?.Tell(now, FactText.Of(fact));
                break;
            case Ikev2Fact.ChildSaEstablished child:
                _channels.GetValueOrDefault(child.Channel)?.Tell(now, FactText.Of(fact));
                break;
            case Ikev2Fact.IkeSaEstablished established:
                Record(now, established.Link, established.Remote).Tell(now, FactText.Of(fact));
                break;
            case Ikev2Fact.InitiationEnded ended:
                Record(now, ended.Link, ended.Remote).Complain(now, FactText.Of(fact));
                break;
            case Ikev2Fact.PeerRefused refused:
                Record(now, refused.Link, refused.Remote).Complain(now, FactText.Of(fact));
                break;
        }
    }

    private PeerRecord? Known(Ikev2Fact fact) => FactText.PeerOf(fact) is { } peer ? Find(peer.Link, peer.Remote) : null;

    private PeerRecord Record(Instant now, LinkId link, Ipv6Address remote)
    {
        if (!_peers.TryGetValue((link, remote), out var peer))
        {
            if (_peers.Count >= capacity)
                Forget();
            _peers[(link, remote)] = peer = new PeerRecord(link, remote);
        }

        peer.Touched = now;
        return peer;
    }

    private void Forget()
    {
        var open = _channels.Values.ToHashSet();
        var oldest = _peers.Values.OrderBy(open.Contains).ThenBy(p => p.Touched).First();
        _peers.Remove((oldest.Link, oldest.Remote));
    }
}
