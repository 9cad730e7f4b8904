using System.CommandLine;
using System.Text;
using System.Text.Json;
using Acp.Daemon.Decode;

namespace Acp.Daemon.Commands;

/// <summary><c>acpd decode</c>: what octets say, in words. Needs no daemon and no rights.</summary>
internal static class DecodeCommand
{
    /// <summary>Octets of a text. Capture files may be of any size: one packet of them is held at a time.</summary>
    private const int MaxText = 16 * 1024 * 1024;

    private static readonly Dictionary<string, DecodedProtocol> Protocols = new()
    {
        ["auto"] = DecodedProtocol.Auto,
        ["grasp"] = DecodedProtocol.Grasp,
        ["ike"] = DecodedProtocol.Ike,
        ["rpl"] = DecodedProtocol.Rpl,
        ["esp"] = DecodedProtocol.Esp,
        ["ip"] = DecodedProtocol.Ip,
        ["ethernet"] = DecodedProtocol.Ethernet,
    };

    public static Command Create()
    {
        var command = new Command(
            "decode",
            "Say in words what GRASP, DULL GRASP, IKEv2 and RPL messages hold, from hex or from a capture file (pcap, pcapng). ESP is named with "
            + "its SPI. A message that is refused says why, and at which octet. Ends with 1 if one was.");
        var input = new Argument<string[]>("input")
        {
            Description = "Hex, or files: captures, or text with hex (digits, hexdumps as of tshark -x, columns). Standard input without it, or for -.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var how = new Option<string>("--as")
        {
            Description = "What hex is: auto, grasp, ike, rpl (ICMPv6), esp, ip or ethernet.",
            HelpName = "WHAT",
            DefaultValueFactory = _ => "auto",
        };
        how.AcceptOnlyFromAmong([.. Protocols.Keys]);
        var ports = new Option<int[]>("--grasp-port")
        {
            Description = "A port that carries GRASP beside 7017, in captures; may be given again.",
            HelpName = "PORT",
        };
        var json = new Option<bool>("--json") { Description = "One JSON value per message and line." };
        command.Arguments.Add(input);
        command.Options.Add(how);
        command.Options.Add(ports);
        command.Options.Add(json);
        Examples.Add(command,
            ("acpd decode 84011a4c80a18c50fd89b714f3db0000020000006400000184683431313a6273796e0506f6", "a GRASP discovery"),
            ("tcpdump -i eth0 -w - 'udp or icmp6 or tcp port 7017' | acpd decode -", "what a link carries, as it comes"),
            ("tshark -r capture.pcap -x | acpd decode --as ethernet", "a hexdump of packets"),
            ("acpd decode --json capture.pcapng | jq -c 'select(.refusal)'", "what was refused, and why"));
        command.SetAction((parsed, _) =>
        {
            var given = parsed.GetValue(input);
            var run = new Run(
                parsed.InvocationConfiguration.Output,
                parsed.InvocationConfiguration.Error,
                Protocols[parsed.GetValue(how)!],
                new PacketDissector(parsed.GetValue(ports) ?? []),
                parsed.GetValue(json));
            return Task.FromResult(run.Inputs(given is { Length: > 0 } ? given : ["-"]));
        });
        return command;
    }

    private sealed class Run(TextWriter output, TextWriter error, DecodedProtocol protocol, PacketDissector dissector, bool json)
    {
        private bool _refused;

        public int Inputs(IEnumerable<string> inputs)
        {
            foreach (var input in inputs)
            {
                try
                {
                    var code = input == "-" ? Read("standard input", Console.OpenStandardInput())
                        : File.Exists(input) ? Read(input, File.OpenRead(input))
                        : Text(input, input);
                    if (code != ExitCode.Ok)
                        return code;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    return Fail($"{input}: {e.Message}");
                }
            }

            return _refused ? ExitCode.Failure : ExitCode.Ok;
        }

        private int Read(string name, Stream stream)
        {
            using var buffered = new BufferedStream(stream, 64 * 1024);
            var start = new byte[4];
            var read = buffered.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            using var whole = new PrefixedStream(start.AsMemory(0, read), buffered);
            if (CaptureReader.IsCapture(start.AsSpan(0, read)))
                return Capture(name, whole);
            var text = new byte[MaxText + 1];
            var length = whole.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
            return length > MaxText ? Fail($"{name}: more than {MaxText} octets of text") : Text(name, Encoding.UTF8.GetString(text, 0, length));
        }

        private int Capture(string name, Stream stream)
        {
            if (!CaptureReader.TryOpen(stream, out var reader, out var refusal))
                return Fail($"{name}: {RefusalWords.Of(refusal)}");
            while (reader.TryNext(out var packet))
            {
                foreach (var report in dissector.Dissect(packet))
                    Write(report);
            }

            foreach (var report in dissector.Finish())
                Write(report);
            if (dissector.Fragments > 0)
                error.WriteLine($"acpd: {name}: {dissector.Fragments} fragments of IP packets were passed over");
            return reader.Refusal == CaptureRefusal.None ? ExitCode.Ok : Fail($"{name}: not read beyond octet {reader.Position}: {RefusalWords.Of(reader.Refusal)}");
        }

        private int Text(string name, string text)
        {
            if (!HexText.TryRead(text, out var messages, out var wrong))
            {
                error.WriteLine(name == text ? $"acpd: '{name}' is no file, and no hex either" : $"acpd: {name}: {wrong}");
                return ExitCode.Usage;
            }

            foreach (var message in messages)
            {
                foreach (var report in OctetGuess.Decode(message.Bytes, protocol))
                    Write(name == text ? report : report with { Line = message.Line, Label = message.Label });
            }

            return ExitCode.Ok;
        }

        private void Write(DecodeReport report)
        {
            _refused |= report.Refusal is not null;
            if (json)
            {
                output.WriteLine(JsonSerializer.Serialize(report, DecodeJson.Default.DecodeReport));
                return;
            }

            foreach (var line in DecodeText.Lines(report))
                output.WriteLine(line);
        }

        private int Fail(string what)
        {
            error.WriteLine($"acpd: {what}");
            return ExitCode.Failure;
        }
    }
}
