using Acp.Asa;
using Acp.Daemon.Agents;

namespace Acp.Tests.AsaRoom;

/// <summary>Gray and Briggs, the sample agents, on virtual time.</summary>
public class AgentsTests
{
    [Theory]
    [InlineData(90, 90)] // at once
    [InlineData(120, 108)] // 100 is not enough, 108 no more than the 110 that would come next
    [InlineData(1000, null)] // too much
    public async Task Gray_and_Briggs_agree_or_part(int wanted, int? lent)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        await using var world = new VirtualWorld(null);
        var lines = new List<string>();
        var briggs = await world.Run(world.Right.RegisterAsaAsync("Briggs"));
        _ = new Briggs(briggs, 300, lines.Add).RunAsync(CancellationToken.None);
        var gray = await world.Run(world.Left.RegisterAsaAsync("Gray"));
        var loan = await world.Run(new Gray(gray, lines.Add).BorrowAsync(wanted, CancellationToken.None));
        Assert.True(loan?.Amount == lent, string.Join('\n', lines));
    }

    [Theory]
    [InlineData("[1, -2, \"x\", true, null]", "[1, -2, \"x\", true, null]")]
    [InlineData("-3.5", "-3.5")]
    [InlineData("{\"a\": {\"b\": []}}", "{\"a\": {\"b\": []}}")]
    public void What_is_typed_as_JSON_prints_as_diagnostic_notation(string json, string diagnostic) =>
        Assert.Equal(diagnostic, JsonValue.Parse(json).ToString());

    [Fact]
    public void A_loan_that_is_none_is_a_FormatException() =>
        Assert.Throws<FormatException>(() => Loan.Of(Loan.Objective with { Value = CborValue.Array("NZD", "much") }));
}
