namespace Acp.Tests.Grasp;

/// <summary>
/// Messages that graspy put on the wire. Line: TYPE, hex, description, decoded; a QUADS line holds ciphertext and then the
/// plaintext, of which only the latter is GRASP.
/// </summary>
internal static class GraspyVectors
{
    public static IReadOnlyList<(string Type, byte[] Message)> All { get; } = Load();

    /// <summary>What graspy made of messages with the QUADS password "secret".</summary>
    public static IReadOnlyList<(byte[] Encrypted, byte[] Message)> Quads { get; } =
        [.. Lines().Where(l => l[0].StartsWith(QuadsMark, StringComparison.Ordinal))
            .Select(l => (Convert.FromHexString(l[1]), Convert.FromHexString(l[2])))];

    public static TheoryData<string, string> AsTheory()
    {
        var data = new TheoryData<string, string>();
        foreach (var (type, message) in All.DistinctBy(v => Convert.ToHexString(v.Message)))
            data.Add(type, Convert.ToHexStringLower(message));
        return data;
    }

    private const string QuadsMark = "QUADS-";

    private static IEnumerable<string[]> Lines() => File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Vectors", "graspy-messages.txt"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split('\t'));

    private static List<(string Type, byte[] Message)> Load() =>
        [.. Lines().Select(columns => columns[0].StartsWith(QuadsMark, StringComparison.Ordinal)
            ? (columns[0][QuadsMark.Length..], Convert.FromHexString(columns[2]))
            : (columns[0], Convert.FromHexString(columns[1])))];
}
