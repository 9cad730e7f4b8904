using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Acp.Core;
using Acp.Core.Ikev2.Crypto;
using Acp.Wire.Ikev2;

namespace Acp.Linux.Crypto;

/// <summary>
/// Groups 19, 20 and 21 (RFC 5903): the KE data is x ‖ y, each padded to the field's length (32, 48, 66 octets), and
/// g^ir is the x coordinate alone (§7).
/// </summary>
internal sealed class EcpKeyExchange : IKeyExchange
{
    private readonly ECDiffieHellman _own;
    private readonly ECCurve _curve;
    private readonly int _fieldLength;

    internal EcpKeyExchange(DhGroup group)
        : this(group, ECDiffieHellman.Create(CurveOf(group)))
    {
    }

    private EcpKeyExchange(DhGroup group, ECDiffieHellman own)
    {
        Group = group;
        _own = own;
        _curve = CurveOf(group);
        _fieldLength = FieldLengthOf(group);
        var q = own.ExportParameters(includePrivateParameters: false).Q;
        var value = new byte[2 * _fieldLength];
        q.X!.CopyTo(value, _fieldLength - q.X.Length);
        q.Y!.CopyTo(value, 2 * _fieldLength - q.Y.Length);
        PublicValue = value;
    }

    public DhGroup Group { get; }

    public ReadOnlyMemory<byte> PublicValue { get; }

    /// <summary>With a given private key, for known answers.</summary>
    internal static EcpKeyExchange FromPrivateKey(DhGroup group, byte[] privateKey) =>
        new(group, ECDiffieHellman.Create(new ECParameters { Curve = CurveOf(group), D = privateKey }));

    public bool TryDeriveSharedSecret(ReadOnlySpan<byte> peerPublicValue, [NotNullWhen(true)] out SecretBytes? sharedSecret)
    {
        sharedSecret = null;
        if (peerPublicValue.Length != 2 * _fieldLength)
            return false;
        try
        {
            // The import refuses coordinates beyond the field and points off the curve (RFC 6989 §2.3); these curves
            // have cofactor 1, so every other point is good.
            using var peer = ECDiffieHellman.Create(new ECParameters
            {
                Curve = _curve,
                Q = new ECPoint
                {
                    X = peerPublicValue[.._fieldLength].ToArray(),
                    Y = peerPublicValue[_fieldLength..].ToArray(),
                },
            });
            using var peerKey = peer.PublicKey;
            var x = _own.DeriveRawSecretAgreement(peerKey);
            var secret = new SecretBytes(_fieldLength);
            x.CopyTo(secret.Span[(_fieldLength - x.Length)..]);
            CryptographicOperations.ZeroMemory(x);
            sharedSecret = secret;
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    public void Dispose() => _own.Dispose();

    private static ECCurve CurveOf(DhGroup group) => group switch
    {
        DhGroup.Ecp256 => ECCurve.NamedCurves.nistP256,
        DhGroup.Ecp384 => ECCurve.NamedCurves.nistP384,
        DhGroup.Ecp521 => ECCurve.NamedCurves.nistP521,
        _ => throw new ArgumentOutOfRangeException(nameof(group), group, "not an ECP group"),
    };

    private static int FieldLengthOf(DhGroup group) => group switch
    {
        DhGroup.Ecp256 => 32,
        DhGroup.Ecp384 => 48,
        _ => 66,
    };
}
