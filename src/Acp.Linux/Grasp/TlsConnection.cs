using Acp.Core.Grasp;
using Acp.Core.Time;
using Acp.Linux.Tls;

namespace Acp.Linux.Grasp;

/// <summary>One TLS stream, and what the engine calls it.</summary>
internal sealed class TlsConnection(TlsSocket socket, bool weConnected, Instant deadline)
{
    public TlsSocket Socket { get; } = socket;

    public bool WeConnected { get; } = weConnected;

    /// <summary>Of its handshake.</summary>
    public Instant Deadline { get; } = deadline;

    /// <summary>Null before the engine has taken it, and when it has let go of it.</summary>
    public ConnectionId? Id { get; set; }

    public GraspStream? Stream { get; set; }

    /// <summary>Among those that shake hands; null when that is done.</summary>
    public LinkedListNode<TlsConnection>? Place { get; set; }
}
