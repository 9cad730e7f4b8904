using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2;

/// <summary>What was agreed for a child SA.</summary>
/// <param name="PeerSpi">The other side's inbound SPI, our outbound.</param>
/// <param name="Group">None without a key exchange of its own (always so in IKE_AUTH).</param>
public sealed record EspSuite(byte ProposalNumber, EspAlgorithm Algorithm, bool ExtendedSequenceNumbers, uint PeerSpi, DhGroup Group)
{
    /// <summary>Octets of KEYMAT per direction: 256-bit key and salt, for both algorithms.</summary>
    public const int KeyLength = 36;
}
