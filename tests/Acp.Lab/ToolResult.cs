namespace Acp.Lab;

/// <summary>How a program ended, and what it said.</summary>
internal sealed record ToolResult(string Command, int ExitCode, string Output, string Error)
{
    public ToolResult Check()
    {
        Assert.True(ExitCode == 0, $"{Command}: exit code {ExitCode}\n{Output}\n{Error}");
        return this;
    }

    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
