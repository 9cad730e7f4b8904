namespace Acp.Core.Node;

/// <summary>What becomes of one host interface.</summary>
public abstract record LinkDecision
{
    /// <summary>It gets an abutment link of its own.</summary>
    /// <param name="MacSeed">What <see cref="DerivedMac"/> starts from: the parent's MAC address, or its name where that is steadier.</param>
    public abstract record Wanted(string MacSeed) : LinkDecision;

    /// <summary>A macvlan over it, in the abutment namespace.</summary>
    public sealed record Macvlan(string MacSeed) : Wanted(MacSeed);

    /// <summary>One end of a veth pair becomes a port of this bridge, the other end is in the abutment namespace.</summary>
    public sealed record VethIntoBridge(string MacSeed) : Wanted(MacSeed);

    /// <summary>Nothing, and why, in words for the operator.</summary>
    public sealed record Ignored(string Reason) : LinkDecision;
}
