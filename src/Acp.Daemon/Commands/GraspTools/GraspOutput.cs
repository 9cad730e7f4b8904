using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Acp.Daemon.Commands.GraspTools;

/// <summary>Lines for people, or one JSON value a line. From any thread.</summary>
internal sealed class GraspOutput(TextWriter writer, bool json)
{
    public bool IsJson { get; } = json;

    /// <summary>A report: as itself, or as what a person reads of it.</summary>
    public void Write<T>(T report, JsonTypeInfo<T> type, Func<T, string> text) =>
        Line(IsJson ? Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(report, type)) : text(report));

    /// <summary>What an agent says.</summary>
    public void Say(string line) => Write(new SayReport(line), GraspJson.Default.SayReport, r => r.Say);

    private void Line(string line)
    {
        lock (writer)
        {
            writer.WriteLine(line);
            writer.Flush();
        }
    }
}
