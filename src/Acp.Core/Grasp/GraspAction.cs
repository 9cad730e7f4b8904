using Acp.Wire;

namespace Acp.Core.Grasp;

/// <summary>What a <see cref="GraspEngine"/> wants done.</summary>
public abstract record GraspAction
{
    private GraspAction()
    {
    }

    /// <summary>To ALL_GRASP_NEIGHBORS on a multicast link; to the session of every neighbour on a channel (J-07).</summary>
    public sealed record SendMulticast(GraspInterfaceId Interface, ByteString Message) : GraspAction;

    /// <summary>On the flooding session of one neighbour; channels only.</summary>
    public sealed record SendToNeighbor(GraspInterfaceId Interface, GraspNeighbor Neighbor, ByteString Message) : GraspAction;

    /// <summary>It sent what has no business on a flooding session (J-06): close that session.</summary>
    public sealed record CloseNeighbor(GraspInterfaceId Interface, GraspNeighbor Neighbor) : GraspAction;

    /// <summary>
    /// Open a stream; answer with <see cref="GraspEngine.HandleConnected"/> or <see cref="GraspEngine.HandleClosed"/>.
    /// </summary>
    /// <param name="To">A link-local one has its interface with it. Names are for the shell to resolve.</param>
    public sealed record Connect(ConnectionId Connection, AsaLocator To) : GraspAction;

    /// <summary>One message, in one write (graspy, quirk 2).</summary>
    public sealed record SendOnStream(ConnectionId Connection, ByteString Message) : GraspAction
    {
        /// <summary>Another message follows at once, and both may leave in one write.</summary>
        public bool More { get; init; }
    }

    /// <summary>Close when all is written. The engine has forgotten the stream: no need to say that it closed.</summary>
    public sealed record CloseStream(ConnectionId Connection) : GraspAction;

    /// <summary>The answer to a command, one each.</summary>
    public sealed record Complete(CommandId Command, GraspResult Result) : GraspAction;

    /// <summary>
    /// Of <see cref="AcpGrasp"/> alone, as are the next three: open a TCP connection to a channel's neighbour, port 7017; answer
    /// with <see cref="AcpGrasp.HandleSessionConnected"/> or <see cref="AcpGrasp.HandleSessionClosed"/>.
    /// </summary>
    public sealed record OpenSession(FloodingSessionId Session, GraspInterfaceId Interface, Ipv6Address From, Ipv6Address To) : GraspAction;

    /// <summary>One message on a flooding session.</summary>
    public sealed record SendOnSession(FloodingSessionId Session, ByteString Message) : GraspAction;

    /// <summary>
    /// Nothing more will be sent on it: half-close it when all is written. What comes until the other end closes it, too, is
    /// still wanted, and so is the news that it did.
    /// </summary>
    public sealed record FinishSession(FloodingSessionId Session) : GraspAction;

    /// <summary>Close it at once. It is forgotten already.</summary>
    public sealed record AbortSession(FloodingSessionId Session) : GraspAction;
}
