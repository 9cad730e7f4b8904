using Acp.Core;
using Acp.Asa;
using Acp.Daemon.Agents;
using Acp.Daemon.Agents.Prefixes;

namespace Acp.Tests.Agents;

/// <summary>PrefixManager.Params in the shapes that are about.</summary>
public class PrefixParametersTests
{
    [Theory]
    [InlineData("""[[["role", "RSG"], ["prefix_length", 34]], [["role", "ASG"], ["prefix_length", 44]], [["role", "CSG"], ["prefix_length", 56]]]""")]
    [InlineData("""[{"role": "RSG", "prefix_length": 34}, {"prefix_length": 44, "role": "ASG", "colour": ["blue"]}, {"role": "CSG", "prefix_length": "56"}]""")]
    [InlineData("""{"RSG": 34, "ASG": 44, "CSG": 56, "note": "ours"}""")]
    [InlineData("""[{"role": [{"role_name": "RSG"}, {"role_characteristic": [{"prefix_length": "34"}]}]}, {"role": [{"role_name": "ASG"}, {"role_characteristic": [{"prefix_length": "44"}]}]}, {"role": [{"role_name": "CSG"}, {"role_characteristic": [{"prefix_length": "56"}]}]}]""")]
    public void N10_four_shapes_say_the_same(string json)
    {
        var lengths = PrefixParameters.Of(JsonValue.Parse(json)).Lengths;
        Assert.Equal([("ASG", 44), ("CSG", 56), ("RSG", 34)], lengths.OrderBy(l => l.Key).Select(l => (l.Key, l.Value)));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"RSG\"")]
    [InlineData("[1, [2], {\"role\": 3}, [\"role\"], {\"role\": \"x\", \"prefix_length\": 129}, {\"prefix_length\": 5}]")]
    public void N10_what_is_not_understood_is_passed_over(string json) => Assert.Empty(PrefixParameters.Of(JsonValue.Parse(json)).Lengths);

    [Fact]
    public void What_is_written_is_read()
    {
        Assert.True(PrefixParameters.TryParse("RSG=34, ASG=44", out var parameters));
        Assert.Equal("[[[\"role\", \"ASG\"], [\"prefix_length\", 44]], [[\"role\", \"RSG\"], [\"prefix_length\", 34]]]", parameters.ToCbor().ToString());
        Assert.Equal(parameters.Lengths.OrderBy(l => l.Key), PrefixParameters.Of(parameters.ToCbor()).Lengths.OrderBy(l => l.Key));
        foreach (var wrong in new[] { "", "RSG", "RSG=", "RSG=x", "RSG=129", "=3", "RSG=3,RSG=4" })
            Assert.False(PrefixParameters.TryParse(wrong, out _));
    }

    [Fact]
    public void Mutations_never_throw()
    {
        var random = new SeededRandom(9);
        Assert.True(PrefixParameters.TryParse("RSG=34,ASG=44,CSG=56", out var parameters));
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = parameters.ToCbor().Encoded.ToArray();
            for (var i = random.Next(4); i >= 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            CborValue value;
            try
            {
                value = CborValue.FromEncoded(bytes);
            }
            catch (FormatException)
            {
                continue; // the engine would not have let it through
            }

            Assert.True(PrefixParameters.Of(value).Lengths.Count <= 256);
        }
    }
}
