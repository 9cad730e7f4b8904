namespace Acp.Lab.WireProof;

/// <summary>Asks tshark about a capture, with or without our keys.</summary>
/// <param name="configuration">The profile directory: empty, or with the tables that <c>--key-log</c> writes.</param>
internal sealed class Tshark(string configuration)
{
    /// <summary>The fields of every packet that the display filter lets through, in order.</summary>
    public List<string[]> Fields(string file, string filter, params IEnumerable<string> fields)
    {
        var result = Tools.Run(
            new Dictionary<string, string> { ["WIRESHARK_CONFIG_DIR"] = configuration },
            "tshark",
            [
                "-n", "-r", file, "-Y", filter, "-o", "esp.enable_encryption_decode:TRUE", "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a",
                .. fields.SelectMany(f => new[] { "-e", f }),
            ]).Check();
        return [.. result.Lines.Select(line => line.Split('\t'))];
    }

    public int Count(string file, string filter) => Fields(file, filter, "frame.number").Count;
}
