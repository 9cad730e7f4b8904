using Acp.Core;
using Acp.Core.Identity;
using Acp.Wire;

namespace Acp.Tests.Identities;

/// <summary>F-05 … F-13: ACP addresses by sub-scheme.</summary>
public class AcpAddressTests
{
    private static readonly Ipv6Prefix Ula = Ipv6Prefix.Parse("fd89:b714:f3db::/48");

    [Fact]
    public void F05_F06_the_hash_of_the_example_whatever_its_case()
    {
        Assert.Equal(Ula, AcpAddress.UlaOf("area51.research.acp.example.com"));
        Assert.Equal(Ula, AcpAddress.UlaOf("Area51.RESEARCH.acp.example.COM."));
        Assert.NotEqual(Ula, AcpAddress.UlaOf("acp.example.com"));
    }

    [Fact]
    public void F08_the_example_address_is_of_the_zone_scheme()
    {
        var address = AcpAddress.Decode(Ipv6Address.Parse("fd89:b714:f3db:0:200:0:6400:0"));
        Assert.Equal(AcpAddressScheme.Zone, address.Scheme);
        Assert.Equal(0x020000006400ul, address.RegistrarId);
        Assert.Equal((0, 0, 0), (address.ZoneId, address.NodeNumber, address.V));
        Assert.Equal("fd89:b714:f3db:0:200:0:6400:0/127", address.Prefix.ToString());
        Assert.Equal(Ula, address.Ula);
    }

    [Fact]
    public void F08_F09_F10_bits_by_hand()
    {
        Assert.Equal("fd89:b714:f3db:1fff:8000:0:1:ffff", AcpAddress.Zone(Ula, 0x1fff, 0x800000000001, 0x7fff, 1).Address.ToString());
        Assert.Equal("fd89:b714:f3db:2001::1", AcpAddress.Manual(Ula, 1, 1).Address.ToString());
        Assert.Equal("fd89:b714:f3db:4000:0:1:0:100", AcpAddress.Vlong8(Ula, 1, 1).Address.ToString());
        Assert.Equal("fd89:b714:f3db:7fff:ffff:ffff:7fff:ffff", AcpAddress.Vlong8(Ula, AcpAddress.MaxRegistrarId, AcpAddress.MaxNodeNumber23, 0xff).Address.ToString());
        Assert.Equal("fd89:b714:f3db:4000:0:1:8001:2", AcpAddress.Vlong16(Ula, 1, 1, 2).Address.ToString());
    }

    [Fact]
    public void F08_F10_fields_survive_a_round_trip()
    {
        var random = new SeededRandom(8);
        for (var i = 0; i < 500; i++)
        {
            var (id, number15, number23, v) = (random.NextUInt64() & AcpAddress.MaxRegistrarId, random.Next(1 << 15), random.Next(1 << 23), random.Next(256));
            var zone = AcpAddress.Decode(AcpAddress.Zone(Ula, random.Next(1 << 13), id, number15, v & 1).Address);
            Assert.Equal((AcpAddressScheme.Zone, id, number15, v & 1, 127), (zone.Scheme, zone.RegistrarId, zone.NodeNumber, zone.V, zone.Prefix.Length));
            var vlong8 = AcpAddress.Decode(AcpAddress.Vlong8(Ula, id, number23, v).Address);
            Assert.Equal((AcpAddressScheme.Vlong8, id, number23, v, 120), (vlong8.Scheme, vlong8.RegistrarId, vlong8.NodeNumber, vlong8.V, vlong8.Prefix.Length));
            var vlong16 = AcpAddress.Decode(AcpAddress.Vlong16(Ula, id, number15, v * 256).Address);
            Assert.Equal((AcpAddressScheme.Vlong16, id, number15, v * 256, 112), (vlong16.Scheme, vlong16.RegistrarId, vlong16.NodeNumber, vlong16.V, vlong16.Prefix.Length));
            var manual = AcpAddress.Decode(AcpAddress.Manual(Ula, number15 & 0x1fff, id).Address);
            Assert.Equal((AcpAddressScheme.Manual, number15 & 0x1fff, id, 64), (manual.Scheme, manual.ZoneId, manual.InterfaceIdentifier, manual.Prefix.Length));
        }
    }

    [Theory]
    [InlineData("fd89:b714:f3db:8000::")]
    [InlineData("fd89:b714:f3db:c000::")]
    public void F11_two_types_are_reserved(string text) =>
        Assert.Equal(AcpAddressScheme.Reserved, AcpAddress.Decode(Ipv6Address.Parse(text)).Scheme);

    [Fact]
    public void F08_fields_out_of_range_are_our_own_mistake()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => AcpAddress.Zone(Ula, 1 << 13, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => AcpAddress.Zone(Ula, 0, 1, 1 << 15));
        Assert.Throws<ArgumentOutOfRangeException>(() => AcpAddress.Vlong8(Ula, 1ul << 46, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => AcpAddress.Vlong16(Ula, 1, -1));
        Assert.Throws<ArgumentException>(() => AcpAddress.Zone(Ipv6Prefix.Default, 0, 1, 1));
    }
}
