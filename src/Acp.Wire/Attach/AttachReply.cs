using Acp.Wire.Grasp;

namespace Acp.Wire.Attach;

/// <summary>
/// The answer to a call; which of these it fills depends on the function.
/// <code>
/// {? 0: reason: text, ? 1: asa, ? 2: session, ? 3: objective, ? 4: peer: bytes, ? 5: [* locator-entry], ? 6: [* flood-entry],
///  ? 7: next, ? 8: item: bytes}
/// </code>
/// </summary>
public sealed record AttachReply(GraspError Error)
{
    public string? Reason { get; init; }

    public uint Asa { get; init; }

    public uint? Session { get; init; }

    public Objective? Objective { get; init; }

    public Ipv6Address? Peer { get; init; }

    public ValueList<AttachLocator> Locators { get; init; } = [];

    public ValueList<AttachFlood> Floods { get; init; } = [];

    public long Next { get; init; }

    public ByteString Item { get; init; }
}
