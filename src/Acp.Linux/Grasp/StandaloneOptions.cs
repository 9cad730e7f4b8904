using Acp.Core.Grasp;
using Acp.Wire;

namespace Acp.Linux.Grasp;

/// <summary>Where a <see cref="StandaloneSubstrate"/> runs.</summary>
public sealed record StandaloneOptions
{
    /// <summary>Names of the interfaces to use; none for all but lo.</summary>
    public ValueList<string> Interfaces { get; init; } = [];

    /// <summary>
    /// The TCP port of unicast GRASP, and the UDP port that multicasts come from, because that is where answers to a
    /// discovery go (RFC 8990 §2.5.4.4). 0 for one that is free: several engines may share a host.
    /// </summary>
    public ushort Port { get; init; }

    /// <summary>
    /// INSECURE, and null by default: encrypt all messages as graspy's QUADS does, to join a domain that uses it. Not owned.
    /// </summary>
    public InsecureQuads? InsecureQuads { get; init; }
}
