namespace Acp.Core.Grasp;

/// <summary>Where the answer to a discovery goes: never to its initiator field (RFC 8990 §2.5.4.4).</summary>
internal abstract record ReplyPath
{
    private ReplyPath()
    {
    }

    /// <summary>To the neighbour that sent it: on its flooding session, or by a stream of its own.</summary>
    public sealed record Link(GraspInterface Interface, GraspNeighbor Neighbor) : ReplyPath;

    /// <summary>On the stream that it came by (RFC 8990 §2.5.4.2).</summary>
    public sealed record Stream(Connection Connection) : ReplyPath;
}
