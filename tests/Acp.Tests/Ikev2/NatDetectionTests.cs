using Acp.Core;
using Acp.Core.Ikev2;
using Acp.Wire;

namespace Acp.Tests.Ikev2;

/// <summary>NAT_DETECTION_*_IP data (RFC 7296 §2.23). The digests were made by Python's hashlib.</summary>
public class NatDetectionTests
{
    [Theory]
    [InlineData("::ffff:192.0.2.1", 500, "d798d986143f878f70765e0e869c80bbc375f701")]
    [InlineData("::ffff:192.0.2.1", 4500, "5184f43875ff7d9e3dfdc92bd1dee1a08204de3e")]
    [InlineData("2001:db8::1", 500, "645efdf3a4d473679c6a6530abefd3b71d8c18af")]
    [InlineData("fe80::a", 500, "f84773ebb59c4e5d923341792c1800a5dc3e9ee0")]
    public void D53_hash_is_over_four_or_sixteen_octets_of_address(string address, int port, string expected)
    {
        var id = new IkeSaId(0x0102030405060708, 0x1112131415161718);
        Assert.Equal(expected, Convert.ToHexStringLower(NatDetection.Hash(id, Ipv6Address.Parse(address), (ushort)port)));
    }
}
