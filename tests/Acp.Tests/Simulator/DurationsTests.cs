using Acp.Simulation;

namespace Acp.Tests.Simulator;

public class DurationsTests
{
    [Theory]
    [InlineData("250us", 0.00025)]
    [InlineData("5ms", 0.005)]
    [InlineData("1.5s", 1.5)]
    [InlineData("10m", 600)]
    [InlineData("1h30m", 5400)]
    [InlineData("30d", 2_592_000)]
    [InlineData("0s", 0)]
    public void What_people_write_is_read_and_written_alike(string text, double seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), Durations.Parse(text));
        Assert.Equal(text, Durations.Format(TimeSpan.FromSeconds(seconds)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1..5s")]
    [InlineData("1 s")]
    [InlineData("5parsecs")]
    [InlineData("4000d")]
    [InlineData("99999999999999999999d")]
    public void What_is_no_duration_is_refused(string text) => Assert.Null(Durations.Parse(text));
}
