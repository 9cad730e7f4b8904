using System.Diagnostics.CodeAnalysis;
using Acp.Wire.Ikev2;

namespace Acp.Core.Ikev2.Crypto;

/// <summary>One side's ephemeral key pair of one exchange.</summary>
public interface IKeyExchange : IDisposable
{
    DhGroup Group { get; }

    /// <summary>KE payload data: x‖y for ECP groups (RFC 5903 §7), the group's full length for MODP, 32 octets for Curve25519.</summary>
    ReadOnlyMemory<byte> PublicValue { get; }

    /// <summary>
    /// g^ir (the x coordinate for ECP, padded to the group's length). False, without throwing, for a public value of
    /// the wrong length, a point off the curve, or a degenerate MODP value (0, 1, p−1; RFC 6989).
    /// </summary>
    bool TryDeriveSharedSecret(ReadOnlySpan<byte> peerPublicValue, [NotNullWhen(true)] out SecretBytes? sharedSecret);
}
