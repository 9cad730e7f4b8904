using Acp.Core;
using Acp.Wire;
using Acp.Wire.Grasp;

namespace Acp.Tests.Grasp;

/// <summary>B-15 to B-18.</summary>
public class AnAcpObjectiveTests
{
    public static TheoryData<string, string, int, int> Shapes => new()
    {
        { "65494b457632", "\"IKEv2\"", 0, 0 },
        { "8165494b457632", "[\"IKEv2\"]", 0, 0 },
        { "8265494b45763209", "[\"IKEv2\", 9]", 0, 1 },
        { "818265494b457632a1617801", "[[\"IKEv2\", {\"x\": 1}]]", 1, 0 },
        { "828265494b457632a161780109", "[[\"IKEv2\", {\"x\": 1}], 9]", 1, 1 },
        { "9f9f7f62494b63457632fff6ff0908ff", "indefinite lengths", 1, 2 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void B16_B18_all_five_shapes_name_the_method(string hex, string shape, int parameters, int extensions)
    {
        Assert.True(AnAcpObjective.TryDecode(Convert.FromHexString(hex), out var objective, out var refusal), $"{shape}: {refusal}");
        Assert.Equal("IKEv2", objective.MethodName);
        Assert.Equal(parameters, objective.MethodParams.Count);
        Assert.Equal(extensions, objective.Extensions.Count);
        Assert.True(AnAcpObjective.TryDecode(objective.Encode(), out var again, out _));
        Assert.Equal(objective, again);
    }

    [Theory]
    [InlineData("MACsec.1", true)]
    [InlineData("a", true)]
    [InlineData("@$_", true)]
    [InlineData("a-.-b", true)]
    [InlineData("a9", true)]
    [InlineData("", false)]
    [InlineData("9a", false)]
    [InlineData("a-", false)]
    [InlineData("a.", false)]
    [InlineData("-a", false)]
    [InlineData("a b", false)]
    [InlineData("é", false)]
    public void B17_method_names_follow_the_regular_expression(string name, bool valid)
    {
        Assert.Equal(valid, AnAcpObjective.IsMethodName(name));
        Assert.Equal(valid, AnAcpObjective.TryDecode(Cbor.Encode(name), out _, out var refusal));
        Assert.Equal(valid ? AnAcpRefusal.None : AnAcpRefusal.BadMethodName, refusal);
    }

    [Theory]
    [InlineData("80")]
    [InlineData("8105")]
    [InlineData("8180")]
    [InlineData("818105")]
    [InlineData("a0")]
    [InlineData("f6")]
    [InlineData("45494b457632")]
    public void Other_shapes_are_refused(string hex)
    {
        Assert.False(AnAcpObjective.TryDecode(Convert.FromHexString(hex), out _, out var refusal));
        Assert.Equal(AnAcpRefusal.BadShape, refusal);
    }

    [Fact]
    public void Every_prefix_is_refused_and_mutations_do_not_throw()
    {
        var bytes = Convert.FromHexString("828265494b457632a161780109");
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.False(AnAcpObjective.TryDecode(bytes.AsSpan(0, length), out _, out var refusal));
            Assert.Equal(AnAcpRefusal.BadCbor, refusal);
        }
        var random = new SeededRandom(4);
        for (var round = 0; round < 20_000; round++)
        {
            var mutated = bytes.ToArray();
            mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            if (AnAcpObjective.TryDecode(mutated, out var objective, out _))
                Assert.True(AnAcpObjective.IsMethodName(objective.MethodName));
        }
    }

    [Fact]
    public void B15_the_whole_objective_is_flooded_with_flags_4_and_loop_count_1()
    {
        var objective = new AnAcpObjective("IKEv2").ToObjective();
        Assert.Equal(new Objective("AN_ACP", ObjectiveFlags.F_SYNCH, 1, (ByteString)Cbor.Encode("IKEv2")), objective);
    }
}
