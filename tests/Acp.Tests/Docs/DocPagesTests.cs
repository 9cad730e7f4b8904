namespace Acp.Tests.Docs;

/// <summary>The pages show the examples that are tested, and nothing else.</summary>
public class DocPagesTests
{
    [Fact]
    public void Each_page_shows_its_example_word_for_word()
    {
        var shown = new List<string>();
        foreach (var page in DocPage.All)
        {
            foreach (var sample in page.Samples)
            {
                Assert.True(page.Example == DocPage.Sample(sample), $"{page.Name}.md does not show samples/{sample} as it is");
                shown.Add(sample);
            }
        }

        Assert.Equal(DocPage.AllSamples.Order(), shown.Order());
    }

    [Fact]
    public void Links_lead_to_files_that_are_there() =>
        Assert.All(DocPage.All, page => Assert.All(page.LinkedFiles, file => Assert.True(File.Exists(file), $"{page.Name}.md: {file}")));
}
