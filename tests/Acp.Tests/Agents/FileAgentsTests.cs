using Acp.Asa;
using Acp.Asa.Embedded;
using Acp.Core;
using Acp.Daemon.Agents.Files;

namespace Acp.Tests.Agents;

/// <summary>Files from node to node, on virtual time and with real directories.</summary>
public sealed class FileAgentsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("acpd-files-").FullName;
    private readonly SimulatedGrasp _network = SimulatedGrasp.Line(3);
    private readonly List<string> _lines = [];
    private FileServer? _server;

    public void Dispose() => Directory.Delete(_directory, true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(FileManifest.DefaultPartSize)]
    [InlineData(FileManifest.DefaultPartSize + 1)]
    [InlineData(5 * FileManifest.DefaultPartSize + 77)]
    public void A_file_of_any_size_arrives_as_it_is(int size)
    {
        var contents = new byte[size];
        new SeededRandom((ulong)size).Fill(contents);
        File.WriteAllBytes(InDirectory("image"), contents);
        Serve();
        Get(async getter => Assert.Equal(contents, await getter("image", long.MaxValue)));
    }

    [Fact]
    public void What_changes_or_goes_is_seen()
    {
        File.WriteAllText(InDirectory("notes"), "one");
        Serve();
        Get(async getter =>
        {
            Assert.Equal("one"u8.ToArray(), await getter("notes", 100));
            File.WriteAllText(InDirectory("notes"), "two, and more");
            await _server!.LookAsync();
            Assert.Equal("two, and more"u8.ToArray(), await getter("notes", 100));
            File.Delete(InDirectory("notes"));
            await _server.LookAsync();
        });
        Get(async getter => Assert.Null(await getter("notes", 100)));
    }

    [Fact]
    public void Links_hidden_files_and_directories_are_not_served_and_paths_not_asked_for()
    {
        var outside = Path.GetTempFileName();
        File.CreateSymbolicLink(InDirectory("link"), outside);
        File.WriteAllText(InDirectory(".hidden"), "x");
        Directory.CreateDirectory(InDirectory("sub"));
        File.WriteAllText(Path.Combine(InDirectory("sub"), "file"), "x");
        Serve();
        Assert.Empty(_lines);
        foreach (var name in new[] { "", ".", "..", "../x", "/etc/passwd", "sub/file", "a\\b", ".hidden", "a\nb", new string('x', 201) })
            Get(async getter => await Assert.ThrowsAsync<FormatException>(() => getter(name, 100)));
        Get(async getter => Assert.Null(await getter("link", 100)));
        File.Delete(outside);
    }

    [Fact]
    public void Sizes_are_bounded_at_both_ends()
    {
        File.WriteAllBytes(InDirectory("large"), new byte[1000]);
        using (var huge = File.Create(InDirectory("huge")))
            huge.SetLength(FileServer.MaxSize + 1);
        using (var half = File.Create(InDirectory("half1")))
            half.SetLength(FileServer.MaxSize * 2 / 3);
        using (var half = File.Create(InDirectory("half2")))
            half.SetLength(FileServer.MaxSize * 2 / 3);
        Serve();
        Assert.Contains(_lines, l => l.StartsWith("huge is left out: it is larger", StringComparison.Ordinal));
        Assert.Contains(_lines, l => l.StartsWith("half2 is left out: there is no room", StringComparison.Ordinal));
        Get(async getter => Assert.Contains("more than 999", (await Assert.ThrowsAsync<FormatException>(() => getter("large", 999))).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_not_what_it_says_it_is_is_not_believed()
    {
        _network.Run(async () =>
        {
            var liar = await _network.Nodes[0].Api.RegisterAsaAsync("liar");
            var manifest = FileManifest.ObjectiveOf("bait") with { Value = CborValue.From(FileManifest.Of("good"u8), FileManifest.Converter) };
            await liar.RegisterObjectiveAsync(manifest);
            await liar.ListenSynchronizeAsync(manifest);
            var part = FileManifest.PartOf("bait", 0) with { Value = "evil"u8.ToArray() };
            await liar.RegisterObjectiveAsync(part);
            await liar.ListenSynchronizeAsync(part);
        });
        Get(async getter => Assert.Contains("SHA-256", (await Assert.ThrowsAsync<FormatException>(() => getter("bait", 100))).Message, StringComparison.Ordinal));
    }

    private string InDirectory(string name) => Path.Combine(_directory, name);

    private void Serve() => _network.Run(async () =>
    {
        var asa = await _network.Nodes[0].Api.RegisterAsaAsync("file-server");
        _server = new FileServer(asa, _directory, _network.Time, _lines.Add);
        await _server.LookAsync();
    });

    private void Get(Func<Func<string, long, Task<byte[]?>>, Task> work) => _network.Run(async () =>
    {
        await using var asa = await _network.Nodes[2].Api.RegisterAsaAsync("file-get");
        await work(async (name, max) =>
        {
            try
            {
                return await new FileGetter(asa).GetAsync(name, max, TimeSpan.FromSeconds(10));
            }
            finally
            {
                if (FileName.IsAllowed(name))
                    await asa.DeregisterObjectiveAsync(FileManifest.ObjectiveOf(name).Name);
            }
        });
    });
}
