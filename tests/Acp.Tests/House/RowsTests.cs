using System.Diagnostics;

namespace Acp.Tests.House;

/// <summary>The conformance matrix: every row has a test that names it, or a reason why it is not built.</summary>
public class RowsTests
{
    [Fact]
    public void Every_row_has_a_test_or_a_reason()
    {
        using var process = Process.Start(new ProcessStartInfo("bash", [Path.Combine(Root, "tests", "rows")]) { RedirectStandardOutput = true })!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, said);
    }

    [Fact]
    public void C23_the_readme_says_which_profile_it_is() =>
        Assert.Contains("baseline profile of RFC 8994", File.ReadAllText(Path.Combine(Root, "README.md")), StringComparison.Ordinal);

    private static string Root
    {
        get
        {
            var directory = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(directory, "AcpAppliance.sln")))
                directory = Path.GetDirectoryName(directory) ?? throw new DirectoryNotFoundException("not inside the repository");
            return directory;
        }
    }
}
