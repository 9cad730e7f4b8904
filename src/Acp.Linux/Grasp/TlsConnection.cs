using Acp.Core.Grasp;
using Acp.Core.Time;
using Acp.Linux.Tls;

namespace Acp.Linux.Grasp;

/// <summary>One TLS stream, and what the engine calls it. Due when its handshake has taken too long, or a certificate ends.</summary>
internal sealed class TlsConnection(TlsSocket socket, bool weConnected) : DeadlineItem
{
    public TlsSocket Socket { get; } = socket;

    public bool WeConnected { get; } = weConnected;

    /// <summary>Null before the engine has taken it, and when it has let go of it.</summary>
    public ConnectionId? Id { get; set; }

    public GraspStream? Stream { get; set; }

    public bool IsShakingHands { get; set; } = true;
}
