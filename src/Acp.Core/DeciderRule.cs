using Acp.Wire;

namespace Acp.Core;

/// <summary>Decider and Follower (RFC 8994 §6.6).</summary>
public static class DeciderRule
{
    /// <summary>
    /// The higher Node-ID decides (C-04). Compared are the certificates' whole acp-addresses as unsigned numbers, which
    /// orders like the Node-ID within one addressing scheme and stays antisymmetric across schemes (C-06). Who has "0"
    /// follows whoever has an address (C-05); between two of them the greater certificate, octet by octet, decides (C-07).
    /// Two nodes with one acp-address, or two "0" nodes with one certificate, are clones.
    /// </summary>
    /// <param name="ownAcpAddress">Null for "0".</param>
    /// <param name="ownCertificate">Our leaf certificate as DER.</param>
    public static DeciderOutcome WeDecide(Ipv6Address? ownAcpAddress, ReadOnlySpan<byte> ownCertificate, PeerIdentity peer)
    {
        var order = (ownAcpAddress, peer.AcpAddress) switch
        {
            ({ } own, { } theirs) => own.CompareTo(theirs),
            ({ }, null) => 1,
            (null, { }) => -1,
            (null, null) => ownCertificate.SequenceCompareTo(peer.Certificate.Span),
        };
        return order > 0 ? DeciderOutcome.WeDecide : order < 0 ? DeciderOutcome.PeerDecides : DeciderOutcome.Clone;
    }

    /// <inheritdoc cref="WeDecide(Ipv6Address?, ReadOnlySpan{byte}, PeerIdentity)"/>
    public static DeciderOutcome WeDecide(PeerIdentity own, PeerIdentity peer) =>
        WeDecide(own.AcpAddress, own.Certificate.Span, peer);
}
