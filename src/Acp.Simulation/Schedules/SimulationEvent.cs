namespace Acp.Simulation.Schedules;

/// <summary>Something that happens to a network. Nodes and links go by their numbers in the topology.</summary>
/// <param name="At">Since the start of the schedule.</param>
public abstract record SimulationEvent(TimeSpan At)
{
    /// <summary>It may take a way from somebody for a moment. What may not is no excuse for any loss.</summary>
    internal virtual bool Interrupts => true;

    /// <summary>Both ends see the link go down.</summary>
    public sealed record LinkDown(TimeSpan At, int Link) : SimulationEvent(At);

    /// <summary>The link is there again, and carries what is sent.</summary>
    public sealed record LinkUp(TimeSpan At, int Link) : SimulationEvent(At);

    /// <summary>The link carries nothing any more and nobody sees it. Ends with <see cref="LinkUp"/>.</summary>
    public sealed record LinkSilent(TimeSpan At, int Link) : SimulationEvent(At);

    public sealed record LinkQualityChange(TimeSpan At, int Link, LinkQuality Quality) : SimulationEvent(At);

    /// <summary>Every link between these nodes and the others is cut, or falls silent.</summary>
    public sealed record Partition(TimeSpan At, IReadOnlyList<int> Nodes, bool Silent = false) : SimulationEvent(At)
    {
        public override string ToString() => $"Partition {{ At = {At}, {Nodes.Count} nodes, Silent = {Silent} }}";
    }

    /// <summary>All partitions end.</summary>
    public sealed record Heal(TimeSpan At) : SimulationEvent(At);

    /// <summary>Power off: the node says nothing to anybody, and its neighbours see nothing but its silence.</summary>
    public sealed record NodeCrash(TimeSpan At, int Node) : SimulationEvent(At);

    /// <summary>Power on, with nothing remembered. A node that is on is restarted.</summary>
    public sealed record NodeStart(TimeSpan At, int Node) : SimulationEvent(At);

    /// <summary>An orderly end: neighbours are told, and half a second later the node is off.</summary>
    public sealed record NodeShutdown(TimeSpan At, int Node) : SimulationEvent(At);

    /// <summary>Whoever is root of the largest DODAG crashes.</summary>
    public sealed record RootLoss(TimeSpan At) : SimulationEvent(At);

    /// <summary>Every node loses power, and has it again <paramref name="For"/> later, all at the same instant.</summary>
    public sealed record PowerFailure(TimeSpan At, TimeSpan For) : SimulationEvent(At);

    /// <summary>The node is restarted with a certificate of another domain: nobody may let it in.</summary>
    public sealed record RogueNode(TimeSpan At, int Node) : SimulationEvent(At);

    /// <summary>For a while the node sends what is no message, or nearly one, to all its neighbours' ports.</summary>
    public sealed record Garbage(TimeSpan At, int Node, TimeSpan For, int PerSecond = 50) : SimulationEvent(At);

    /// <summary>The node's idea of the date is off by this from now on. Elapsed time is not concerned.</summary>
    public sealed record ClockSkew(TimeSpan At, int Node, TimeSpan Offset) : SimulationEvent(At);

    /// <summary>The node has a new certificate, and its neighbours are shown it.</summary>
    public sealed record RenewCertificate(TimeSpan At, int Node) : SimulationEvent(At)
    {
        internal override bool Interrupts => false;
    }
}
