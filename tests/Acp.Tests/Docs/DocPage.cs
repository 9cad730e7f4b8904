namespace Acp.Tests.Docs;

/// <summary>A page of docs/asa: its example, which is a file beside it, and what that prints.</summary>
internal sealed record DocPage(string Name, string Text)
{
    private static string Folder
    {
        get
        {
            var directory = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(directory, "AcpAppliance.sln")))
                directory = Path.GetDirectoryName(directory) ?? throw new DirectoryNotFoundException("not inside the repository");
            return Path.Combine(directory, "docs", "asa");
        }
    }

    public static IEnumerable<DocPage> All => Directory.EnumerateFiles(Folder, "*.md").Select(f => new DocPage(Path.GetFileNameWithoutExtension(f), File.ReadAllText(f)));

    /// <summary>What the page says that its example prints.</summary>
    public string[] Output => Block("```text\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The example on the page.</summary>
    public string Example => Block("```csharp\n");

    /// <summary>The files that the page names as its examples, as in <c>[…](samples/Discovery.cs)</c>.</summary>
    public IEnumerable<string> Samples => Text.Split("](samples/").Skip(1).Select(rest => rest[..rest.IndexOf(')', StringComparison.Ordinal)]);

    public static DocPage Of(string name) => All.Single(p => p.Name == name);

    public static string Sample(string name) => File.ReadAllText(Path.Combine(Folder, "samples", name));

    public static IEnumerable<string> AllSamples => Directory.EnumerateFiles(Path.Combine(Folder, "samples")).Select(f => Path.GetFileName(f)!);

    /// <summary>Where its links to other files of the repository lead.</summary>
    public IEnumerable<string> LinkedFiles => Text.Split("](").Skip(1)
        .Select(rest => rest[..rest.IndexOf(')', StringComparison.Ordinal)])
        .Where(link => !link.Contains("://", StringComparison.Ordinal) && !link.StartsWith('#'))
        .Select(link => Path.GetFullPath(Path.Combine(Folder, link.Split('#')[0])));

    private string Block(string fence)
    {
        var start = Text.IndexOf(fence, StringComparison.Ordinal);
        Assert.True(start >= 0, $"{Name}.md has no {fence.Trim()}");
        start += fence.Length;
        return Text[start..Text.IndexOf("```", start, StringComparison.Ordinal)];
    }
}
