using Acp.Asa;
using Acp.Core;
using Acp.Daemon.Agents.Prefixes;
using Acp.Wire;

namespace Acp.Tests.Agents;

/// <summary>The value of PrefixManager on the wire.</summary>
public class PrefixValueTests
{
    private const string Db8 = "20010db8000000000000000000000000";

    [Fact]
    public void N01_names_are_byte_exact()
    {
        Assert.Equal("PrefixManager"u8.ToArray(), System.Text.Encoding.UTF8.GetBytes(PrefixValue.ObjectiveName));
        Assert.Equal("PrefixManager.Params"u8.ToArray(), System.Text.Encoding.UTF8.GetBytes(PrefixParameters.ObjectiveName));
    }

    [Theory]
    [InlineData("82061838", "an IPv6 /56")]
    [InlineData("83061820 50" + Db8, "2001:db8::/32")]
    [InlineData("82041818", "an IPv4 /24")]
    [InlineData("830408440a000000", "10.0.0.0/8")]
    [InlineData("811838", "an IPv6 /56")] // basic
    [InlineData("82182050" + Db8, "2001:db8::/32")] // basic
    public void N02_values_are_read_and_written_as_they_came(string hex, string text)
    {
        var bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        var value = CborValue.FromEncoded(bytes).To(PrefixValue.Converter);
        Assert.Equal(text, value.ToString());
        Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(value.ToCbor().Encoded.Span));
    }

    [Theory]
    [InlineData("83061838f6", "82061838")]
    [InlineData("83041818f6", "82041818")]
    [InlineData("821838f6", "811838")]
    public void N02_null_in_the_place_of_the_prefix_is_none(string hex, string same) =>
        Assert.Equal(
            CborValue.FromEncoded(Convert.FromHexString(same)).To(PrefixValue.Converter), CborValue.FromEncoded(Convert.FromHexString(hex)).To(PrefixValue.Converter));

    [Theory]
    [InlineData("82061881")] // 129 bits
    [InlineData("82041821")] // 33 bits
    [InlineData("82051820")] // version 5
    [InlineData("83061820500000000000000000000000000000000100")] // an octet too many
    [InlineData("830618204f200100000000000000000000000000")] // 15 octets
    [InlineData("8306181f5020010db8000000000000000000000001")] // bits beyond the length
    [InlineData("830406440a000000")] // 10.0.0.0/6
    [InlineData("83061820442001 0db8")] // 4 octets for version 6
    [InlineData("820620")] // minus one
    [InlineData("80")]
    [InlineData("f6")]
    [InlineData("6161")]
    [InlineData("84061820f600")] // an element too many
    public void N03_anything_else_is_refused(string hex) => Assert.Throws<FormatException>(() => CborOf(hex).To(PrefixValue.Converter));

    [Fact]
    public void Mutations_are_refused_or_read_and_never_anything_else()
    {
        var random = new SeededRandom(5);
        var seed = Convert.FromHexString("83061820" + "50" + Db8);
        var read = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = (byte[])seed.Clone();
            for (var i = random.Next(3); i >= 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                var value = CborValue.FromEncoded(bytes).To(PrefixValue.Converter);
                Assert.InRange(value.Length, 0, 128);
                read++;
            }
            catch (FormatException)
            {
                // As it should be.
            }
        }

        Assert.InRange(read, 1, 19_000);
    }

    [Theory]
    [InlineData("2001:db8::/32", true)]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("2001:db8::1/32", false)]
    [InlineData("10.0.0.1/8", false)]
    [InlineData("2001:db8::/129", false)]
    [InlineData("10.0.0.0/33", false)]
    [InlineData("2001:db8::", false)]
    [InlineData("fe80::%1/64", false)]
    public void Prefixes_as_people_write_them(string text, bool right)
    {
        Assert.Equal(right, PrefixText.TryParse(text, out var prefix));
        if (right)
            Assert.Equal(text, PrefixText.Of(prefix));
    }

    private static CborValue CborOf(string hex) => CborValue.FromEncoded(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
}
