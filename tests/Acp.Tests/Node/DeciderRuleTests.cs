using Acp.Core;
using Acp.Wire;

namespace Acp.Tests.Node;

/// <summary>C-04 to C-07.</summary>
public class DeciderRuleTests
{
    private static readonly string[] Addresses =
    [
        "fd89:b714:f3db:0:200:0:6400:1", // Zone
        "fd89:b714:f3db:0:200:0:6400:2",
        "fd89:b714:f3db:4000:200:0:6400:1",
        "fd89:b714:f3db:8200:0:64:0:100", // Vlong
        "fd89:b714:f3db:8200:0:64:0:200",
        "fd00::1",
    ];

    [Fact]
    public void C04_C06_the_higher_acp_address_decides_whatever_the_scheme()
    {
        for (var i = 0; i < Addresses.Length; i++)
        {
            for (var j = 0; j < Addresses.Length; j++)
            {
                var a = Node(Addresses[i], 1);
                var b = Node(Addresses[j], 2);
                var expected = a.AcpAddress!.Value.Value > b.AcpAddress!.Value.Value ? DeciderOutcome.WeDecide
                    : i == j ? DeciderOutcome.Clone : DeciderOutcome.PeerDecides;
                Assert.Equal(expected, DeciderRule.WeDecide(a, b));
                AssertAntisymmetric(a, b);
            }
        }
    }

    [Fact]
    public void C05_zero_follows_any_address()
    {
        var zero = Node(null, 255);
        var lowest = Node("::1", 0);
        Assert.Equal(DeciderOutcome.PeerDecides, DeciderRule.WeDecide(zero, lowest));
        AssertAntisymmetric(zero, lowest);
    }

    [Fact]
    public void C07_two_zeros_compare_certificates_and_equal_ones_are_clones()
    {
        Assert.Equal(DeciderOutcome.WeDecide, DeciderRule.WeDecide(Node(null, 200), Node(null, 100)));
        Assert.Equal(DeciderOutcome.WeDecide, DeciderRule.WeDecide(Node(null, 1, 0), Node(null, 1)));
        Assert.Equal(DeciderOutcome.Clone, DeciderRule.WeDecide(Node(null, 1, 2), Node(null, 1, 2)));
        AssertAntisymmetric(Node(null, 200), Node(null, 100));
        AssertAntisymmetric(Node(null, 1, 0), Node(null, 1));
    }

    private static void AssertAntisymmetric(PeerIdentity a, PeerIdentity b)
    {
        var there = DeciderRule.WeDecide(a, b);
        var back = DeciderRule.WeDecide(b, a);
        Assert.Equal(there switch
        {
            DeciderOutcome.WeDecide => DeciderOutcome.PeerDecides,
            DeciderOutcome.PeerDecides => DeciderOutcome.WeDecide,
            _ => DeciderOutcome.Clone,
        }, back);
    }

    private static PeerIdentity Node(string? address, params byte[] certificate) => new(
        address is null ? null : Ipv6Address.Parse(address), "name", "CN=name", DateTimeOffset.UnixEpoch, certificate);
}
