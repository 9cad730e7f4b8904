using System.CommandLine;
using Acp.Asa;
using Acp.Wire.Cbor;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary><c>acpd grasp caches</c>.</summary>
internal static class CachesCommand
{
    public static Command Create()
    {
        var tool = new GraspTool("caches", "What the engine holds: ASAs and their objectives, who was discovered, floods, counters.");
        var timeout = tool.Seconds("--timeout", "With --insecure, where nothing is known in the beginning: how long to listen first.", 5);
        Examples.Add(tool.Command,
            ("acpd grasp caches", "for people"),
            ("acpd grasp caches --json | jq .dropped", "why what came in was not taken, with how often"));
        tool.Use(async (parsed, grasp, values, output, cancel) =>
        {
            if (tool.IsStandalone(parsed))
                await Task.Delay(TimeSpan.FromSeconds(parsed.GetValue(timeout)), cancel);
            var dump = await grasp.DumpAllAsync(cancel);
            output.Write(values.ToJson(dump), GraspJson.Default.JsonElement, _ => Describe(dump));
            return ExitCode.Ok;
        });
        return tool.Command;
    }

    // The parts of the map as headings, and what is in them a line each.
    private static string Describe(CborValue dump)
    {
        var lines = new List<string>();
        foreach (var (part, content) in dump.ToMap())
        {
            if (content.Encoded.Span[0] >> 5 == 4)
                lines.AddRange([$"{part.ToText()}:", .. content.ToArray().Select(i => "  " + Line(i))]);
            else
                lines.Add($"{part.ToText()}: {Line(content)}");
        }
        return string.Join('\n', lines);
    }

    private static string Line(CborValue item) => item.Encoded.Span[0] >> 5 == 5
        ? string.Join("  ", item.ToMap().Where(e => !e.Value.IsNull).Select(e => $"{e.Key.ToText()} {CborDiagnostic.Print(e.Value.Encoded)}"))
        : CborDiagnostic.Print(item.Encoded);
}
