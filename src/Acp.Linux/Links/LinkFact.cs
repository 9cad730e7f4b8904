using Acp.Core;

namespace Acp.Linux.Links;

/// <summary>What the link manager noticed, for the node and for the log.</summary>
public abstract record LinkFact
{
    /// <summary>A link can be used: start DULL on it (B-02, B-36).</summary>
    public sealed record LinkUp(AbutmentLink Link) : LinkFact;

    /// <summary>A link that is up changed its MTU, name or address.</summary>
    public sealed record LinkChanged(AbutmentLink Link) : LinkFact;

    /// <summary>A link cannot be used any more; it may return under the same id (flap) or be gone.</summary>
    public sealed record LinkDown(LinkId Link, string Name, string Parent) : LinkFact;

    /// <summary>A host interface gets no link, and why. Said once per interface and reason.</summary>
    public sealed record InterfaceIgnored(string Name, string Reason) : LinkFact;

    /// <summary>The system refused something. Tried again with the next change. Said once per interface and reason.</summary>
    public sealed record LinkProblem(string Name, string Reason) : LinkFact;

    /// <summary>News was lost; everything was read anew.</summary>
    public sealed record Resynchronized : LinkFact;
}
