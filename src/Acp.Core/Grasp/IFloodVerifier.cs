using Acp.Core.Time;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Core.Grasp;

/// <summary>Judges signatures of floods, and keeps the certificates for that.</summary>
public interface IFloodVerifier
{
    /// <summary>What is known about the date.</summary>
    void SetWallClock(WallClock clock);

    /// <summary>Never throws, whatever the octets.</summary>
    /// <param name="signature">The octets of an O_COSE_SIGN option.</param>
    /// <param name="payload">What they are about (<see cref="FloodPayload"/>).</param>
    FloodVerdict Verify(Instant now, Initiator initiator, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> payload);

    /// <summary>
    /// A certificate that somebody showed: a neighbour, the other end of a TLS session, whoever answered when it was asked
    /// for. It is kept if it passes the domain membership check, whoever showed it.
    /// </summary>
    /// <param name="chain">DER, leaf first.</param>
    void Learn(Instant now, IReadOnlyList<ReadOnlyMemory<byte>> chain);
}
