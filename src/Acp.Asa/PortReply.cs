using Acp.Wire;
using Acp.Wire.Grasp;
using WireObjective = Acp.Wire.Grasp.Objective;

namespace Acp.Asa;

/// <summary>What an engine answers to a call; each call says which of these it fills.</summary>
public sealed record PortReply(GraspError Error)
{
    /// <summary>For people, where there is more to say.</summary>
    public string? Reason { get; init; }

    /// <summary>An asa_handle.</summary>
    public uint Asa { get; init; }

    /// <summary>A session_handle; null when there is no session any more.</summary>
    public uint? Session { get; init; }

    public WireObjective? Objective { get; init; }

    public Ipv6Address? Peer { get; init; }

    public IReadOnlyList<AsaLocator> Locators { get; init; } = [];

    public IReadOnlyList<TaggedObjective> Floods { get; init; } = [];

    /// <summary>Where to go on watching.</summary>
    public long Next { get; init; }

    /// <summary>One CBOR item.</summary>
    public ReadOnlyMemory<byte> Item { get; init; }
}
