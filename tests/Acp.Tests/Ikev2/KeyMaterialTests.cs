using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Linux.Crypto;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Ikev2;

/// <summary>Known answers for prf+, SKEYSEED, KEYMAT and the AUTH octets, computed by Python's hmac module from RFC 7296 §2.13 to §2.18.</summary>
public class KeyMaterialTests
{
    private static readonly byte[] NonceI = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly byte[] NonceR = [.. Enumerable.Range(100, 40).Select(i => (byte)i)];
    private static readonly IkeSaId Id = new(0x0102030405060708, 0xa1a2a3a4a5a6a7a8);
    private static readonly IkeSuite Gcm = new(EncryptionAlgorithm.AesGcm16, 256, IntegrityAlgorithm.None, PrfAlgorithm.HmacSha2_256,
        DhGroup.Ecp256);

    private static readonly IkeSuite Cbc = new(EncryptionAlgorithm.AesCbc, 256, IntegrityAlgorithm.HmacSha2_512_256,
        PrfAlgorithm.HmacSha2_384, DhGroup.Ecp256);

    [Fact]
    public void D26_gcm_with_sha256() => Check(Gcm,
        "8caaf15cb967985c58d4b6b3dd03b6f6bb80c2b7aec712342bff956c4d728008ccb4cc10f350040b0d4c5b8d54e83b55"
        + "a2902d90cad68524c1c27136335db24806ac7504ca37870cd998cfaf078491d10aa0792db8060078807df1962863d198"
        + "df3aee2240ecb5610af4a1b14f9055f6879b0a7a97f2f48ca79b662713461ffc74108ef7e2784ae28b1744949c9be20b"
        + "627a69d9e8b550a15b188f44766378342de12a22a7875927",
        "8f10c3456701977a134a8d72f387973e505573fc148604e38b44c80ea6cac381d7e6d9a232ecccf58c3b9cbf7012ee8e"
        + "2eb5e52dd9f95008891fe9dc0b7211d003fc0bad11bc9055",
        "bed110ceaf35c520b73a51d7f7cdd006c4d9a763f7acb7c76440371157aeddf503b80028c16e954deea36b6e66047333"
        + "28a91017221194df7fbebf17136cfc9f895c8768a1ec1faf",
        "8e708afc9eb8d19bf3c98b50a6c30be2dd168362604fd33b1fe9035ed896555222fbd7eb49d8dd07a08ca673c0236b2b"
        + "aab27d25359f69bcb60e078b529303c536d906b72f0bc354fdc5729944e8657ebbb38cbc5d19a9b26ebf42aaa9ec9814"
        + "b7b7f8a57ac59858640ce9622b67e0e29e98298919a7add27ccf12b816440c30a25685559c0702b1f938cf6c5a09c559"
        + "fdf606693cefdd4c8ad1365ddf91cff1b3422440f263ab7b",
        "5245414c6465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8bdf1becc5"
        + "5a4f1c29146d2a0d1bf44db2564c26e60cb9b2cd207c549b403f71f0");

    [Fact]
    public void D26_cbc_and_sha512_with_sha384() => Check(Cbc,
        "7693884bc3002caeb6f04947eed04663270593c1a52c7a933833265a2c41b3ada82d7c0f58402a688f364b858ae09805"
        + "cf478e8fd7d0e9f0c4540c0032d3ef09a266afab2ccabcbc39344d830bc6e83a4e5cce64565a719ca6cb8b79fdd6dd53"
        + "a6b50ffa63a8e269a1a2658710432f9d5ede4decbcdfd94fdbd1e57c8011d8f7ec37e1a72a9f7247a372ee866ecba2f8"
        + "895e9d3f7ef8df35be8bdba588a7181aa764425ff088994e31e360fc75dbff1554eb72b3a24dcd7e2a5be115762ae357"
        + "cd5c8b03f398dec265755b38caf8ab2973326224beb21419315d7531cfc524df57667ede92711b920fc6bb0e5c946721"
        + "4184b729d7c927efa949805905805bb247f448af7dc20e71eae1e55dc5b395cad445a6d0525a07b30936b89d0502a62d"
        + "faa5e4bba9f630374ee15b5940b509b78e62d0332ef132ad21755313de12d84d2e67da27ef8f6338624f4a998aa81f84",
        "76ded58c4a15bb3b2548a8d94bb0cd1b1f4f3504c809a0b8ab97a6a36323f23b7ed22d1b5d8f4ebfe220c70613db6ce5"
        + "64f94c093261a48ef469920a9e0c7f075553334a188a3ac7",
        "94e7721a13cd40b68fc2c2c245a5bd31ab621cecec71026dab4f3fe12f5b568726931418559a44674d63a4af21f000e0"
        + "d1744c81a1dbb066ae1a33ce79fb5da1496af2593d422090",
        "e5863060a35c526e07464b1fc0ed35c64f8255f797c87ec526015e24931d7bab9db4305ad03d1d273c2aaa9b2eaf1817"
        + "a1250353bf4b1372927d045bc249c798b7e9d8489f164e7d779ec547868a116946deb2625161038c5016096bb310ef8c"
        + "9ee7d7281255c35d81ef393a55a3742a4f6aa807914a76d5474ed530d216e1532453db742ab05c12539b7e061f159a5f"
        + "d1cf6620baa7f27eb5d192f00f3bd3bf0ec627d4607e5e2c928947bf156f393d7a025f955fa2aeacfac3181646d7bb10"
        + "23090b9dac8ab72c4185d13c2f5be22f1d62ef94a4056f3e71e4e964e848c7ff43c0535a4f9f37057e2eb93360f4ab5c"
        + "98dae3794deb9562f54b240f75f4488aaa2ed6f8db9d059d2263458ae0f6c778ca68ee5f22f07bea68867433c2df845f"
        + "2181fd1bc00eb4c36f1796566bf9bf32f80a1083e4e73cccc20a4b0f1f5d218b6011f7d9dbe5dfbc71ee873f672aa325",
        "5245414c6465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8baaa79118"
        + "7b0faa90e8856c0874a36c27d8bf5034bcbf5a4446c462bbf7ba902871d8bc95d00d021510931f36c269c506");

    private static void Check(IkeSuite suite, string all, string child, string childWithKe, string rekeyed, string auth)
    {
        using var secret = new SecretBytes([.. Enumerable.Range(0, 32).Select(i => (byte)(i * 7 + 3))]);
        using var second = new SecretBytes([.. Enumerable.Range(0, 32).Select(i => (byte)(i * 11 + 5))]);
        using var keys = KeyMaterial.Derive(new PlatformIkeCrypto(), suite, secret, NonceI, NonceR, Id);
        Assert.Equal(all, All(keys));
        Assert.Equal(child, Child(keys, null));
        Assert.Equal(childWithKe, Child(keys, second));
        // The peer began the rekey: its nonce and SPI come first.
        using var next = keys.DeriveRekeyed(suite, second, NonceR, NonceI, new IkeSaId(Id.ResponderSpi, Id.InitiatorSpi));
        Assert.Equal(rekeyed, All(next));
        byte[] idBody = [5, 0, 0, 0, .. new byte[16]];
        Assert.Equal(auth, Convert.ToHexStringLower(keys.SignedOctets(true, "REAL"u8, NonceR, idBody)));
        Assert.DoesNotContain(all[..8], keys.ToString());
    }

    private static string All(KeyMaterial keys) => string.Concat(
        new[] { keys.SkD, keys.SkAi, keys.SkAr, keys.SkEi, keys.SkEr, keys.SkPi, keys.SkPr }.Select(k => Convert.ToHexStringLower(k.Span)));

    private static string Child(KeyMaterial keys, SecretBytes? secret)
    {
        var (fromInitiator, fromResponder) = keys.DeriveChild(secret, NonceI, NonceR);
        using (fromInitiator)
        using (fromResponder)
            return Convert.ToHexStringLower(fromInitiator.Span) + Convert.ToHexStringLower(fromResponder.Span);
    }
}
