using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Core.Ikev2.Crypto;
using Acp.Wire.Ikev2;

namespace Acp.Simulation.Toy;

/// <summary>
/// Crypto that is real in shape and quick: shared secrets agree, ciphers authenticate, lengths are the real ones. It counts what it
/// gave out, so that a run can end with the question whether all of it was given back.
/// </summary>
public sealed class ToyIkeCrypto(RandomSource random) : IIkeCrypto
{
    /// <summary>Ciphers that were not disposed.</summary>
    public int LiveCiphers { get; set; }

    /// <summary>Key exchanges that were not disposed.</summary>
    public int LiveExchanges { get; set; }

    /// <summary>Told of every shared secret that is handed out.</summary>
    public Action<SecretBytes>? SecretMade { get; init; }

    public bool Supports(DhGroup group) => group is DhGroup.Modp2048 or DhGroup.Ecp256 or DhGroup.Ecp384 or DhGroup.Ecp521 or DhGroup.Curve25519;

    public bool Supports(PrfAlgorithm prf) => prf != PrfAlgorithm.None;

    public bool Supports(EncryptionAlgorithm encryption, int keyBits, IntegrityAlgorithm integrity) => keyBits == 256;

    public IKeyExchange CreateKeyExchange(DhGroup group) => new ToyKeyExchange(this, group, random.NextUInt64() >> 4 | 2);

    public void Prf(PrfAlgorithm prf, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> output) =>
        ToyHash.Fill(ToyHash.Of(ToyHash.Of((ulong)prf, key), data), output);

    public IIkeCipher CreateCipher(EncryptionAlgorithm encryption, int keyBits, IntegrityAlgorithm integrity,
        ReadOnlySpan<byte> encryptionKey, ReadOnlySpan<byte> integrityKey) =>
        new ToyCipher(this, ToyHash.Of(ToyHash.Of((ulong)encryption, encryptionKey), integrityKey), IkeSuite.IsAeadCipher(encryption),
            integrity switch
            {
                IntegrityAlgorithm.HmacSha2_384_192 => 24,
                IntegrityAlgorithm.HmacSha2_512_256 => 32,
                _ => 16,
            });
}
