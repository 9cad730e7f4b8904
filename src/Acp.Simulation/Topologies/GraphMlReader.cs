namespace Acp.Simulation.Topologies;

/// <summary>
/// Boxes and links from GraphML (graphml.graphdrawing.org), as yEd, NetworkX and the Topology Zoo write it: <c>node</c> with its
/// <c>id</c>, <c>edge</c> with <c>source</c> and <c>target</c>, directed or not. <c>data</c> whose key's <c>attr.name</c> is one of
/// <see cref="LinkAttributes"/> is read; <c>label</c> names a box; the Topology Zoo's <c>LinkSpeedRaw</c> is a bandwidth; other data
/// is passed over.
/// </summary>
internal sealed class GraphMlReader(string text, FileDraft draft)
{
    private readonly MarkupScanner _scanner = new(text);
    private readonly Stack<string> _open = new();
    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);
    private readonly List<(int Line, string Source, string Target, LinkQuality Quality)> _edges = [];
    private int? _node;
    private (int Line, string Source, string Target, LinkQuality Quality)? _edge;
    private string? _data;
    private string _value = "";

    public (int Line, string? Reason) Read()
    {
        while (true)
        {
            var token = _scanner.Next();
            var reason = token.Kind switch
            {
                MarkupTokenKind.Open => Open(token),
                MarkupTokenKind.Close => _open.TryPeek(out var innermost) && innermost == token.Name ? Close() : $"</{token.Name}> closes nothing that is open",
                MarkupTokenKind.Text => Text(token.Text),
                MarkupTokenKind.Wrong => token.Text,
                _ => _open.Count > 0 ? $"the file ends within <{_open.Peek()}>" : null,
            };
            if (reason is not null)
                return (token.Line, reason);
            if (token.Kind == MarkupTokenKind.End)
                return Join(token.Line);
        }
    }

    private string? Open(MarkupToken tag)
    {
        if (_open.Count == 0 && tag.Name != "graphml")
            return $"<{tag.Name}> is no GraphML, which begins with <graphml>";
        _open.Push(tag.Name!);
        var reason = tag.Name switch
        {
            "key" => Key(tag),
            "node" => Node(tag),
            "edge" => Edge(tag),
            "hyperedge" => "a <hyperedge> may join more than two boxes, and a link joins two",
            "data" => Data(tag),
            _ => null,
        };
        return reason ?? (tag.IsEmpty ? Close() : null);
    }

    private string? Key(MarkupToken tag)
    {
        if (Attribute(tag, "id") is { } id && Attribute(tag, "attr.name") is { } name)
            _keys[id] = name;
        return null;
    }

    private string? Node(MarkupToken tag)
    {
        if (Attribute(tag, "id") is not { } id)
            return "a <node> has no id";
        if (draft.Find(id) is not null)
            return $"there are two nodes '{id}'";
        var reason = draft.Name(id, out var number);
        _node = number;
        return reason;
    }

    private string? Edge(MarkupToken tag)
    {
        if (Attribute(tag, "source") is not { } source || Attribute(tag, "target") is not { } target)
            return "an <edge> has no source or no target";
        _edge = (tag.Line, source, target, draft.Preset);
        return null;
    }

    private string? Data(MarkupToken tag)
    {
        _data = Attribute(tag, "key") is { } key ? _keys.GetValueOrDefault(key, key) : null;
        _value = "";
        return null;
    }

    private string? Text(string piece)
    {
        if (_data is not null)
            _value += piece;
        else if (_open.Count == 0 && piece.Trim('\uFEFF').Trim().Length > 0)
            return "there is text outside of <graphml>";
        return null;
    }

    private string? Close()
    {
        switch (_open.Pop())
        {
            case "node":
                _node = null;
                break;
            case "edge" when _edge is { } edge:
                _edges.Add(edge);
                _edge = null;
                break;
            case "data":
                var name = _data;
                _data = null;
                return name is null ? null : Say(name, _value.Trim());
        }

        return null;
    }

    /// <summary>Data of the node or edge around it.</summary>
    private string? Say(string name, string value)
    {
        if (_edge is { } edge)
        {
            var attribute = name == "LinkSpeedRaw" ? "bandwidth" : name;
            if (!LinkAttributes.Names.Contains(attribute))
                return null;
            if (!LinkAttributes.TryApply(edge.Quality, attribute, value, out var changed, out var reason))
                return reason;
            _edge = edge with { Quality = changed };
        }
        else if (_node is { } node && name == "label")
        {
            draft.Label(node, value);
        }

        return null;
    }

    /// <summary>Nodes may come after the edges that use them: so edges are looked at last.</summary>
    private (int Line, string? Reason) Join(int end)
    {
        foreach (var (line, source, target, quality) in _edges)
        {
            if (draft.Find(source) is not { } a)
                return (line, $"there is no node '{source}'");
            if (draft.Find(target) is not { } b)
                return (line, $"there is no node '{target}'");
            if (draft.Join(a, b, quality) is { } reason)
                return (line, reason);
        }

        return (end, null);
    }

    private static string? Attribute(MarkupToken tag, string name) => tag.Attributes?.GetValueOrDefault(name);
}
