using Acp.Core.Node;
using Acp.Wire;

namespace Acp.Tests.Node;

/// <summary>What an operator may write for a neighbour (M-15).</summary>
public class ConfiguredNeighborTests
{
    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", 500, null, "192.0.2.1")]
    [InlineData("192.0.2.1:5000", "::ffff:192.0.2.1", 5000, null, "192.0.2.1:5000")]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.1", 500, null, "192.0.2.1")]
    [InlineData("2001:db8::1", "2001:db8::1", 500, null, "2001:db8::1")]
    [InlineData("[2001:db8::1]", "2001:db8::1", 500, null, "2001:db8::1")]
    [InlineData("[2001:DB8::1]:4500", "2001:db8::1", 4500, null, "[2001:db8::1]:4500")]
    [InlineData("fe80::1%eth0", "fe80::1", 500, "eth0", "fe80::1%eth0")]
    [InlineData("[fe80::1%eth0.7]:501", "fe80::1", 501, "eth0.7", "[fe80::1%eth0.7]:501")]
    public void M15_taken(string text, string address, int port, string? parent, string shown)
    {
        Assert.True(ConfiguredNeighbor.TryParse(text, out var neighbor, out var reason), reason);
        Assert.Equal(new ConfiguredNeighbor(Ipv6Address.Parse(address), (ushort)port, parent), neighbor);
        Assert.Equal(shown, neighbor.ToString());
        Assert.True(ConfiguredNeighbor.TryParse(shown, out var again, out _));
        Assert.Equal(neighbor, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("neighbor.example")]
    [InlineData("1")]
    [InlineData("192.0.2")]
    [InlineData("192.0.2.1:")]
    [InlineData("192.0.2.1:0")]
    [InlineData("192.0.2.1:65536")]
    [InlineData("192.0.2.1:+5")]
    [InlineData("[2001:db8::1")]
    [InlineData("[2001:db8::1]x")]
    [InlineData("[]:500")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%")]
    [InlineData("fe80::1%averyveryverylongname")]
    [InlineData("2001:db8::1%eth0")]
    [InlineData("192.0.2.1%eth0")]
    [InlineData("ff02::1")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("0.0.0.0")]
    [InlineData("127.0.0.1")]
    [InlineData("127.1.2.3")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    public void M15_refused_with_a_reason(string text)
    {
        Assert.False(ConfiguredNeighbor.TryParse(text, out var neighbor, out var reason));
        Assert.Null(neighbor);
        Assert.NotEmpty(reason);
    }
}
