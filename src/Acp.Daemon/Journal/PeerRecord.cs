using Acp.Core;
using Acp.Core.Time;
using Acp.Wire;

namespace Acp.Daemon.Journal;

/// <summary>What one peer on one link went through.</summary>
internal sealed class PeerRecord(LinkId link, Ipv6Address remote)
{
    /// <summary>Kept of the story.</summary>
    public const int MaxEvents = 32;

    public LinkId Link => link;

    public Ipv6Address Remote => remote;

    /// <summary>When anything was noted last; the oldest is forgotten first.</summary>
    public Instant Touched { get; set; }

    /// <summary>The certificates it showed last, leaf first, as DER.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Certificates { get; set; } = [];

    /// <summary>Those it was let in with last, all of them; kept apart from what a stranger at its address may show.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Accepted { get; set; } = [];

    /// <summary>What was thought of them; null before it showed any.</summary>
    public PeerVerdict? Verdict { get; set; }

    public Instant VerdictAt { get; set; }

    /// <summary>What went wrong last, in words; null when nothing did.</summary>
    public string? Trouble { get; set; }

    public Instant TroubleAt { get; set; }

    /// <summary>All that went wrong.</summary>
    public int Troubles { get; set; }

    /// <summary>Channels opened to it.</summary>
    public int Channels { get; set; }

    /// <summary>What happened, oldest first.</summary>
    public Queue<(Instant At, string Text)> Events { get; } = new();

    public void Tell(Instant now, string text)
    {
        Touched = now;
        if (Events.Count == MaxEvents)
            Events.Dequeue();
        Events.Enqueue((now, text));
    }

    public void Complain(Instant now, string text)
    {
        Tell(now, text);
        Trouble = text;
        TroubleAt = now;
        Troubles++;
    }
}
