using System.Diagnostics;
using Acp.Lab.WireProof;
using Xunit.Abstractions;

namespace Acp.Lab.Grasp;

/// <summary>
/// Gray, Briggs and a relay between them, each a program of its own, on a network without an ACP: in the clear, and as
/// graspy's QUADS has it (O-16, O-17).
/// </summary>
[Collection(nameof(LabCollection))]
public sealed class StandaloneRowTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task H31_J13_agents_at_the_ends_of_a_row_find_each_other_negotiate_and_share(bool quads)
    {
        Tools.Need("tshark", "tshark");
        var directory = Directory.CreateTempSubdirectory("acp-row").FullName;
        try
        {
            var password = Path.Combine(directory, "password");
            await File.WriteAllTextAsync(password, "between us\n");
            string[] how = quads ? ["--insecure", "--quads-password-file", password] : ["--insecure"];
            using var row = new GraspRow();
            using var capture = new CableCapture(row.Middle, Path.Combine(directory, "row.pcapng"), "west", "east");
            // Any engine between two links relays; this one also says what it hears.
            using var relay = GraspRow.Start(row.Middle, ["grasp", "watch", .. how]);
            using var briggs = GraspRow.Start(row.Right, ["asa", "briggs", "400", .. how]);
            using var weather = GraspRow.Start(row.Right, ["grasp", "listen", "411:weather", "--value", "{\"sky\": \"grey\"}", .. how]);
            await Until(() => briggs.Output.Contains("listens", StringComparison.Ordinal), briggs);

            using (var gray = GraspRow.Start(row.Left, ["asa", "gray", "150", .. how]))
            {
                Assert.True(await gray.WaitAsync(Patience) == 0, gray.Output + gray.Errors);
                output.WriteLine(gray.Output);
                Assert.Matches("took NZD|was lent NZD", gray.Output);
            }
            Assert.Contains("lent NZD", briggs.Output, StringComparison.Ordinal);

            using (var reader = GraspRow.Start(row.Left, ["grasp", "synchronize", "411:weather", "--timeout", "20", .. how]))
            {
                Assert.True(await reader.WaitAsync(Patience) == 0, reader.Errors);
                Assert.Equal("{\"sky\": \"grey\"}\n", reader.Output);
            }

            using var flood = GraspRow.Start(row.Left, ["grasp", "flood", "411:motd", "--value", "\"hello\"", "--every", "1", .. how]);
            using var watcher = GraspRow.Start(row.Right, ["grasp", "watch", "411:motd", "--json", .. how]);
            await Until(() => relay.Output.Contains("411:motd  \"hello\"", StringComparison.Ordinal), relay);
            await Until(() => watcher.Output.Contains("\"value\":\"hello\"", StringComparison.Ordinal), watcher);
            Assert.Equal(quads, relay.Errors.Contains("INSECURE", StringComparison.Ordinal));

            briggs.Kill(15);
            Assert.Equal(0, await briggs.WaitAsync(Patience));
            CableCapture.Stop([capture]);
            await WhatTheCablesCarried(capture.File, readable: !quads);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Somebody else's program looks for the names and values, and ours for messages.</summary>
    private async Task WhatTheCablesCarried(string file, bool readable)
    {
        var tshark = new Tshark(Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(file)!, "nothing")).FullName);
        Assert.NotEqual(0, tshark.Count(file, "udp.dstport == 7017"));
        Assert.NotEqual(0, tshark.Count(file, "tcp.len > 0"));
        foreach (var (transport, words) in new[] { ("udp", "EX3"), ("udp", "411:weather"), ("udp", "411:motd"), ("tcp", "EX3"), ("tcp", "NZD"), ("tcp", "411:weather"), ("tcp", "grey") })
        {
            var seen = tshark.Count(file, $"{transport} && frame contains \"{words}\"");
            Assert.True(readable == seen > 0, $"{words} in {seen} packets of {transport}");
        }
        using var decode = AcpdProcess.Start("decode", file);
        Assert.Equal(readable, await decode.WaitAsync(Patience) == 0); // it says when there is nothing that it can read
        output.WriteLine(string.Join('\n', decode.Output.Split('\n').Take(20)));
        foreach (var message in new[] { "M_DISCOVERY", "M_FLOOD" })
            Assert.Equal(readable, decode.Output.Contains(message, StringComparison.Ordinal));
    }

    private static async Task Until(Func<bool> met, AcpdProcess process)
    {
        var watch = Stopwatch.StartNew();
        while (!met())
        {
            Assert.True(watch.Elapsed < Patience, $"not within {Patience}:\n{process.Output}{process.Errors}");
            await Task.Delay(20);
        }
    }
}
