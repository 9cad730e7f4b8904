using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Linux.Grasp;

/// <summary>Where an <see cref="AcpSubstrate"/> runs, and how much it takes on.</summary>
public sealed record AcpSubstrateOptions
{
    /// <summary>Ours, from the certificate. It is on the acp namespace's loopback.</summary>
    public required Ipv6Address AcpAddress { get; init; }

    /// <summary>Of link-local sessions and of TLS alike.</summary>
    public ushort Port { get; init; } = GraspConstants.GRASP_LISTEN_PORT;

    /// <summary>TLS streams from others, all together …</summary>
    public int MaxAccepted { get; init; } = 512;

    /// <summary>… and of one peer.</summary>
    public int MaxAcceptedPerPeer { get; init; } = 128;

    /// <summary>Of those, that are still shaking hands.</summary>
    public int MaxHandshakes { get; init; } = 128;

    public int MaxHandshakesPerPeer { get; init; } = 32;

    /// <summary>From the first packet to the end of the handshake, either way.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Octets kept for a neighbour that does not take its floods (J-14, J-15).</summary>
    public int MaxUnsentToNeighbor { get; init; } = 512 * 1024;

    /// <summary>How long a neighbour may acknowledge nothing.</summary>
    public TimeSpan NeighborPatience { get; init; } = TimeSpan.FromSeconds(30);
}
