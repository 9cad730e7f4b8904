using System.Buffers.Binary;
using Acp.Core.Ikev2.Crypto;

namespace Acp.Core.Ikev2;

/// <summary>
/// The keys of one IKE SA (RFC 7296 §2.14) and what is derived from them. Owns its secrets.
/// <code>
/// SKEYSEED = prf(Ni | Nr, g^ir)
///
/// {SK_d | SK_ai | SK_ar | SK_ei | SK_er | SK_pi | SK_pr}
///                 = prf+ (SKEYSEED, Ni | Nr | SPIi | SPIr)
/// </code>
/// </summary>
public sealed class KeyMaterial : IDisposable
{
    private readonly IIkeCrypto _crypto;

    private KeyMaterial(IIkeCrypto crypto, IkeSuite suite, ReadOnlySpan<byte> skeyseed, ReadOnlySpan<byte> seed)
    {
        _crypto = crypto;
        Suite = suite;
        var d = suite.PrfLength;
        var a = suite.IntegrityKeyLength;
        var e = suite.EncryptionKeyLength;
        using var all = new SecretBytes(3 * d + 2 * a + 2 * e);
        PrfPlus.Fill(crypto, suite.Prf, d, skeyseed, seed, all.Span);
        SkD = all.Slice(0, d);
        SkAi = all.Slice(d, a);
        SkAr = all.Slice(d + a, a);
        SkEi = all.Slice(d + 2 * a, e);
        SkEr = all.Slice(d + 2 * a + e, e);
        SkPi = all.Slice(d + 2 * a + 2 * e, d);
        SkPr = all.Slice(2 * d + 2 * a + 2 * e, d);
    }

    public IkeSuite Suite { get; }

    /// <summary>Mixed with a PPK (RFC 8784), here or in the IKE SA that it comes from.</summary>
    public bool UsesPpk { get; private set; }

    public SecretBytes SkD { get; private set; }

    public SecretBytes SkAi { get; }

    public SecretBytes SkAr { get; }

    public SecretBytes SkEi { get; }

    public SecretBytes SkEr { get; }

    public SecretBytes SkPi { get; private set; }

    public SecretBytes SkPr { get; private set; }

    /// <summary>The keys of a first IKE SA, from its IKE_SA_INIT exchange.</summary>
    public static KeyMaterial Derive(IIkeCrypto crypto, IkeSuite suite, SecretBytes sharedSecret, ReadOnlySpan<byte> nonceI,
        ReadOnlySpan<byte> nonceR, IkeSaId id)
    {
        using var skeyseed = new SecretBytes(suite.PrfLength);
        byte[] nonces = [.. nonceI, .. nonceR];
        crypto.Prf(suite.Prf, nonces, sharedSecret.Span, skeyseed.Span);
        return new KeyMaterial(crypto, suite, skeyseed.Span, Seed(nonceI, nonceR, id));
    }

    /// <summary>
    /// The keys of an IKE SA that replaces this one (RFC 7296 §2.18): SKEYSEED = prf(SK_d (old), g^ir (new) | Ni | Nr),
    /// with the old SA's PRF; all else with the new one's.
    /// </summary>
    public KeyMaterial DeriveRekeyed(IkeSuite suite, SecretBytes sharedSecret, ReadOnlySpan<byte> nonceI,
        ReadOnlySpan<byte> nonceR, IkeSaId id)
    {
        using var skeyseed = new SecretBytes(Suite.PrfLength);
        using var input = new SecretBytes([.. sharedSecret.Span, .. nonceI, .. nonceR]);
        _crypto.Prf(Suite.Prf, SkD.Span, input.Span, skeyseed.Span);
        return new KeyMaterial(_crypto, suite, skeyseed.Span, Seed(nonceI, nonceR, id)) { UsesPpk = UsesPpk };
    }

    /// <summary>What SK_d, SK_pi and SK_pr are with a PPK. The caller owns them until <see cref="Adopt"/>.</summary>
    public PpkKeys MixWith(Ppk ppk) => new(Mix(ppk, SkD), Mix(ppk, SkPi), Mix(ppk, SkPr));

    /// <summary>Both ends use the PPK: its keys take the place of the ordinary ones.</summary>
    public void Adopt(PpkKeys mixed)
    {
        SkD.Dispose();
        SkPi.Dispose();
        SkPr.Dispose();
        (SkD, SkPi, SkPr) = (mixed.SkD, mixed.SkPi, mixed.SkPr);
        UsesPpk = true;
    }

    /// <summary>
    /// KEYMAT of a child SA (RFC 7296 §2.17): prf+(SK_d, [g^ir (new) |] Ni | Nr), the keys of what the exchange's
    /// initiator sends first. The caller owns both.
    /// </summary>
    public (SecretBytes FromInitiator, SecretBytes FromResponder) DeriveChild(SecretBytes? sharedSecret,
        ReadOnlySpan<byte> nonceI, ReadOnlySpan<byte> nonceR)
    {
        using var seed = new SecretBytes(sharedSecret is null
            ? [.. nonceI, .. nonceR]
            : [.. sharedSecret.Span, .. nonceI, .. nonceR]);
        using var all = new SecretBytes(2 * EspSuite.KeyLength);
        PrfPlus.Fill(_crypto, Suite.Prf, Suite.PrfLength, SkD.Span, seed.Span, all.Span);
        return (all.Slice(0, EspSuite.KeyLength), all.Slice(EspSuite.KeyLength, EspSuite.KeyLength));
    }

    /// <summary>
    /// What the AUTH payload of one side signs (RFC 7296 §2.15): its own IKE_SA_INIT message, the other's nonce, and
    /// prf(SK_p, its ID payload's body).
    /// </summary>
    /// <param name="mixed">SK_p with a PPK, where one is used.</param>
    public byte[] SignedOctets(bool initiator, ReadOnlySpan<byte> realMessage, ReadOnlySpan<byte> otherNonce,
        ReadOnlySpan<byte> idBody, PpkKeys? mixed = null)
    {
        var key = initiator ? mixed?.SkPi ?? SkPi : mixed?.SkPr ?? SkPr;
        var octets = new byte[realMessage.Length + otherNonce.Length + Suite.PrfLength];
        realMessage.CopyTo(octets);
        otherNonce.CopyTo(octets.AsSpan(realMessage.Length));
        _crypto.Prf(Suite.Prf, key.Span, idBody, octets.AsSpan(realMessage.Length + otherNonce.Length));
        return octets;
    }

    public void Dispose()
    {
        SkD.Dispose();
        SkAi.Dispose();
        SkAr.Dispose();
        SkEi.Dispose();
        SkEr.Dispose();
        SkPi.Dispose();
        SkPr.Dispose();
    }

    public override string ToString() => $"keys({Suite})";

    private SecretBytes Mix(Ppk ppk, SecretBytes key)
    {
        var mixed = new SecretBytes(key.Length);
        PrfPlus.Fill(_crypto, Suite.Prf, Suite.PrfLength, ppk.Key.Span, key.Span, mixed.Span);
        return mixed;
    }

    private static byte[] Seed(ReadOnlySpan<byte> nonceI, ReadOnlySpan<byte> nonceR, IkeSaId id)
    {
        var seed = new byte[nonceI.Length + nonceR.Length + 16];
        nonceI.CopyTo(seed);
        nonceR.CopyTo(seed.AsSpan(nonceI.Length));
        BinaryPrimitives.WriteUInt64BigEndian(seed.AsSpan(seed.Length - 16), id.InitiatorSpi);
        BinaryPrimitives.WriteUInt64BigEndian(seed.AsSpan(seed.Length - 8), id.ResponderSpi);
        return seed;
    }
}
