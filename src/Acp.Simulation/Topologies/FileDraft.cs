namespace Acp.Simulation.Topologies;

/// <summary>A topology while a file is read: boxes get their numbers in the order in which the file names them.</summary>
internal sealed class FileDraft(string file, LinkQuality preset)
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _labels = [];
    private readonly List<TopologyEdge> _edges = [];

    public LinkQuality Preset { get; } = preset;

    public int Nodes => _labels.Count;

    public int? Find(string name) => _numbers.TryGetValue(name, out var number) ? number : null;

    /// <summary>The box of that name, new if need be; a reason when it cannot be.</summary>
    public string? Name(string name, out int number)
    {
        if (_numbers.TryGetValue(name, out number))
            return null;
        if (name.Length is 0 or > TopologyFile.LongestLabel)
            return $"a box's name has 1 to {TopologyFile.LongestLabel} characters";
        foreach (var c in name)
        {
            if (char.IsControl(c))
                return "there is a control character in a box's name";
        }

        if (_labels.Count == TopologyFile.MostNodes)
            return $"more than {TopologyFile.MostNodes} boxes";
        number = _labels.Count;
        _numbers.Add(name, number);
        _labels.Add(name);
        return null;
    }

    /// <summary>Another text for a box than the name that edges know it by.</summary>
    public void Label(int number, string label)
    {
        if (label.Length is > 0 and <= TopologyFile.LongestLabel)
            _labels[number] = label;
    }

    public string? Join(int a, int b, LinkQuality quality)
    {
        if (a == b)
            return $"'{_labels[a]}' cannot have a link to itself";
        _edges.Add(new TopologyEdge(a, b, quality));
        return null;
    }

    public Topology Finish() => new(file, _labels.Count, _edges) { Labels = _labels };
}
