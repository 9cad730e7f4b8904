using System.Diagnostics.CodeAnalysis;

namespace Acp.Simulation.Topologies;

/// <summary>
/// A topology from the text of a file: GraphML when it begins with a tag, and pairs otherwise. Attributes of links are
/// <see cref="LinkAttributes"/>; what a file does not say is as the caller presets it. It need not be connected.
/// </summary>
public static class TopologyFile
{
    /// <summary>More boxes than anybody simulates: a file with more is a mistake.</summary>
    public const int MostNodes = 1_000_000;

    internal const int LongestLabel = 128;

    public static bool TryRead(
        string file, string text, LinkQuality preset, [NotNullWhen(true)] out Topology? topology, [NotNullWhen(false)] out FileError? error)
    {
        var draft = new FileDraft(file, preset);
        var (line, reason) = text.AsSpan().TrimStart("\uFEFF \t\r\n") is ['<', ..]
            ? new GraphMlReader(text, draft).Read()
            : PairsReader.Read(text, draft);
        reason ??= draft.Nodes == 0 ? "there is no box in it" : null;
        (topology, error) = reason is null ? (draft.Finish(), null) : ((Topology?)null, new FileError(file, line, reason));
        return topology is not null;
    }
}
