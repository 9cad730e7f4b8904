using System.Text;
using Acp.Linux.Crypto;
using Acp.Wire.Ikev2;

namespace Acp.Tests.Crypto;

/// <summary>D-18: the PRFs, by RFC 4231 §4.</summary>
public class PrfTests
{
    private static readonly PlatformIkeCrypto Crypto = new();

    [Theory]
    // Test case 1: 20 octets 0b, "Hi There".
    [InlineData(PrfAlgorithm.HmacSha2_256, "0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B", "Hi There",
        "B0344C61D8DB38535CA8AFCEAF0BF12B881DC200C9833DA726E9376C2E32CFF7")]
    [InlineData(PrfAlgorithm.HmacSha2_384, "0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B", "Hi There",
        "AFD03944D84895626B0825F4AB46907F15F9DADBE4101EC682AA034C7CEBC59CFAEA9EA9076EDE7F4AF152E8B2FA9CB6")]
    [InlineData(PrfAlgorithm.HmacSha2_512, "0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B", "Hi There",
        "87AA7CDEA5EF619D4FF0B4241A1D6CB02379F4E2CE4EC2787AD0B30545E17CDEDAA833B7D6B8A702038B274EAEA3F4E4BE9D914EEB61F1702E696C203A126854")]
    // Test case 2: a key shorter than the hash.
    [InlineData(PrfAlgorithm.HmacSha2_256, "4A656665", "what do ya want for nothing?",
        "5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843")]
    [InlineData(PrfAlgorithm.HmacSha2_384, "4A656665", "what do ya want for nothing?",
        "AF45D2E376484031617F78D2B58A6B1B9C7EF464F5A01B47E42EC3736322445E8E2240CA5E69E2C78B3239ECFAB21649")]
    [InlineData(PrfAlgorithm.HmacSha2_512, "4A656665", "what do ya want for nothing?",
        "164B7A7BFCF819E2E395FBE73B56E0A387BD64222E831FD610270CD7EA2505549758BF75C05A994A6D034F65F8F0E6FDCAEAB1A34D4A6B4B636E070A38BCE737")]
    public void D18_rfc4231(PrfAlgorithm prf, string key, string data, string expected)
    {
        Assert.True(Crypto.Supports(prf));
        var output = new byte[expected.Length / 2];
        Crypto.Prf(prf, Convert.FromHexString(key), Encoding.ASCII.GetBytes(data), output);
        Assert.Equal(expected, Convert.ToHexString(output));
    }

    /// <summary>Test case 6: a key longer than a block.</summary>
    [Fact]
    public void D18_rfc4231_long_key()
    {
        var output = new byte[32];
        Crypto.Prf(PrfAlgorithm.HmacSha2_256, Enumerable.Repeat((byte)0xaa, 131).ToArray(),
            "Test Using Larger Than Block-Size Key - Hash Key First"u8, output);
        Assert.Equal("60E431591EE0B67F0D8A26AACBF5B77F8E0BC6213728C5140546040F0EE37F54", Convert.ToHexString(output));
    }

    [Fact]
    public void D18_md5_and_sha1_do_not_exist()
    {
        foreach (ushort prf in new ushort[] { 0, 1, 2, 3, 4, 8 })
            Assert.False(Crypto.Supports((PrfAlgorithm)prf));
    }
}
