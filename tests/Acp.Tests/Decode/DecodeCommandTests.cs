using System.CommandLine;
using System.Text.Json;
using Acp.Daemon;
using Acp.Daemon.Commands;
using Acp.Tests.Grasp;
using Acp.Tests.Ikev2;

namespace Acp.Tests.Decode;

/// <summary><c>acpd decode</c> as a person meets it.</summary>
public sealed class DecodeCommandTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Hex_of_the_command_line()
    {
        var (code, output, _) = Run("84011a4c80a18c50fd89b714f3db0000020000006400000184683431313a6273796e0506f6");
        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal(
            "GRASP M_DISCOVERY, 37 octets: session 4c80a18c of fd89:b714:f3db:0:200:0:6400:1\n    objective 411:bsyn [F_DISC F_SYNCH] loop count 6: null\n",
            output);
        Assert.Equal(ExitCode.Failure, Run("8502").Code);
        Assert.Equal(ExitCode.Usage, Run("/there/is/no/such.pcap").Code);
    }

    [Fact]
    public void Files_of_vectors_and_captures()
    {
        foreach (var name in new[] { "graspy-messages.txt", "rpl-packets.txt" })
        {
            var (all, output, error) = Run(Path.Combine(AppContext.BaseDirectory, "Vectors", name));
            Assert.Equal((ExitCode.Ok, ""), (all, error));
            Assert.True(output.Split('\n').Count(line => line.StartsWith("line ", StringComparison.Ordinal)) >= 19, output);
        }

        File.WriteAllBytes(_file, CaptureFile.Pcapng(false, 1,
            Packets.Ethernet(Packets.Ipv6(17, Packets.Udp(7017, 7017, GraspyVectors.All[^1].Message))),
            Packets.Ethernet(Packets.Ipv6(17, Packets.Udp(500, 500, IkeVectors.Init))),
            Packets.Ethernet(Packets.Ipv6(17, Packets.Udp(53, 53, [1])))));
        var (code, text, _) = Run("--json", _file);
        Assert.Equal(ExitCode.Ok, code);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(["GRASP", "IKEv2"], lines.Select(l => l.GetProperty("protocol").GetString()));
        Assert.Equal(2, lines[1].GetProperty("packet").GetInt32());
        Assert.Equal("SA", lines[1].GetProperty("parts")[0].GetProperty("payload").GetString());
        Assert.False(lines[1].TryGetProperty("refusal", out _));
    }

    [Fact]
    public void A_capture_that_is_cut_off_gives_what_there_is_and_says_where_it_ends()
    {
        var file = CaptureFile.Pcap(false, false, 101, Packets.Ipv6(17, Packets.Udp(500, 500, IkeVectors.Init)), Packets.Ipv6(50, new byte[40]));
        File.WriteAllBytes(_file, file[..^1]);
        var (code, output, error) = Run(_file);
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("IKE_SA_INIT request", output, StringComparison.Ordinal);
        Assert.Equal($"acpd: {_file}: not read beyond octet {file.Length - 1}: truncated\n", error);
    }

    private static (int Code, string Output, string Error) Run(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = DecodeCommand.Create().Parse(args).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
