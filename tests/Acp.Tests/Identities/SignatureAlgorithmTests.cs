using System.Security.Cryptography;
using Acp.Core;
using Acp.Core.Identity;

namespace Acp.Tests.Identities;

/// <summary>D-24, D-25: the AlgorithmIdentifiers of RFC 7427 Appendix A, octet by octet.</summary>
public class SignatureAlgorithmTests
{
    private const string PssSha256 = "304106092A864886F70D01010A3034A00F300D06096086480165030402010500A11C301A06092A864886F70D010108300D06096086480165030402010500A203020120";

    public static TheoryData<string, SignatureScheme, string, int> Accepted => new()
    {
        { "300D06092A864886F70D01010B0500", SignatureScheme.RsaPkcs1, "SHA256", 0 },
        { "300D06092A864886F70D01010C0500", SignatureScheme.RsaPkcs1, "SHA384", 0 },
        { "300D06092A864886F70D01010D0500", SignatureScheme.RsaPkcs1, "SHA512", 0 },
        { "300A06082A8648CE3D040302", SignatureScheme.Ecdsa, "SHA256", 0 },
        { "300A06082A8648CE3D040303", SignatureScheme.Ecdsa, "SHA384", 0 },
        { "300A06082A8648CE3D040304", SignatureScheme.Ecdsa, "SHA512", 0 },
        { PssSha256, SignatureScheme.RsaPss, "SHA256", 32 },
        { "304106092A864886F70D01010A3034A00F300D06096086480165030402020500A11C301A06092A864886F70D010108300D06096086480165030402020500A203020130", SignatureScheme.RsaPss, "SHA384", 48 },
        { "304106092A864886F70D01010A3034A00F300D06096086480165030402030500A11C301A06092A864886F70D010108300D06096086480165030402030500A203020140", SignatureScheme.RsaPss, "SHA512", 64 },
    };

    [Theory]
    [MemberData(nameof(Accepted))]
    public void D24_D25_both_ways(string hex, SignatureScheme scheme, string hash, int salt)
    {
        Assert.True(SignatureAlgorithm.TryDecode(Convert.FromHexString(hex), out var algorithm));
        Assert.Equal(new SignatureAlgorithm(scheme, new HashAlgorithmName(hash), salt), algorithm);
        Assert.Equal(hex, Convert.ToHexString(algorithm.Encode()));
    }

    [Theory]
    [InlineData("300D06092A864886F70D0101050500")] // sha1WithRSAEncryption
    [InlineData("300906072A8648CE3D0401")] // ecdsa-with-SHA1
    [InlineData("300906072A8648CE380403")] // dsa-with-sha1
    [InlineData("300D06092A864886F70D0101040500")] // md5WithRSAEncryption
    [InlineData("300D06092A864886F70D01010A3000")] // RSASSA-PSS, empty parameters: SHA-1
    [InlineData("300B06092A864886F70D01010A")] // RSASSA-PSS without parameters
    [InlineData("300506032B6570")] // Ed25519
    [InlineData("300A06082A8648CE3D04030200")] // an octet after it
    [InlineData("300C06082A8648CE3D0403020500")] // ECDSA with parameters
    [InlineData("")]
    public void D24_what_is_refused(string hex) => Assert.False(SignatureAlgorithm.TryDecode(Convert.FromHexString(hex), out _));

    [Fact]
    public void D24_pss_with_different_hashes_is_refused() =>
        Assert.False(SignatureAlgorithm.TryDecode(Convert.FromHexString(PssSha256.Replace("0108300D0609608648016503040201", "0108300D0609608648016503040202", StringComparison.Ordinal)), out _));

    [Fact]
    public void D24_truncated_and_bent_identifiers_never_throw()
    {
        var random = new SeededRandom(24);
        foreach (string hex in ((IEnumerable<object[]>)Accepted).Select(row => (string)row[0]))
        {
            var der = Convert.FromHexString(hex);
            for (var length = 0; length < der.Length; length++)
                Assert.False(SignatureAlgorithm.TryDecode(der.AsMemory(0, length), out _));
            for (var i = 0; i < 500; i++)
            {
                var bent = der.ToArray();
                bent[random.Next(bent.Length)] = (byte)random.NextUInt32();
                SignatureAlgorithm.TryDecode(bent, out _);
            }
        }
    }
}
