namespace Acp.Tests.Grasp;

/// <summary>
/// Messages that graspy put on the wire. Line: TYPE, hex, description, decoded; a QUADS line holds ciphertext and then the
/// plaintext, of which only the latter is GRASP.
/// </summary>
internal static class GraspyVectors
{
    public static IReadOnlyList<(string Type, byte[] Message)> All { get; } = Load();

    public static TheoryData<string, string> AsTheory()
    {
        var data = new TheoryData<string, string>();
        foreach (var (type, message) in All.DistinctBy(v => Convert.ToHexString(v.Message)))
            data.Add(type, Convert.ToHexStringLower(message));
        return data;
    }

    private static List<(string Type, byte[] Message)> Load()
    {
        var all = new List<(string, byte[])>();
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Vectors", "graspy-messages.txt")))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            var columns = line.Split('\t');
            const string quads = "QUADS-";
            all.Add(columns[0].StartsWith(quads, StringComparison.Ordinal)
                ? (columns[0][quads.Length..], Convert.FromHexString(columns[2]))
                : (columns[0], Convert.FromHexString(columns[1])));
        }
        return all;
    }
}
