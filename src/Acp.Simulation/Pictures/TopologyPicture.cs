using System.Globalization;
using System.Text;
using Acp.Simulation.Topologies;

namespace Acp.Simulation.Pictures;

/// <summary>
/// A network as SVG: boxes coloured by state, the links to preferred parents bold, other channels thin, dead links dashed, with a
/// title and a legend. One <c>circle</c> for each box and one <c>line</c> for each link, with a <c>title</c> to point at; nothing else uses these elements.
/// </summary>
public static class TopologyPicture
{
    private const double Margin = 40;
    private const double HeaderHeight = 62;
    private const double LegendHeight = 34;
    private const double LeastWidth = 940;

    /// <summary>With more boxes labels would cover each other; pointing at a box still tells.</summary>
    private const int MostLabels = 150;

    private static readonly (PictureBoxState State, string Class, string Words)[] BoxStates =
    [
        (PictureBoxState.Root, "root", "root"),
        (PictureBoxState.Joined, "joined", "joined"),
        (PictureBoxState.Alone, "alone", "alone"),
        (PictureBoxState.Off, "off", "off"),
    ];

    private static readonly (PictureLinkState State, string Class, string Words)[] LinkStates =
    [
        (PictureLinkState.Parent, "parent", "to the preferred parent"),
        (PictureLinkState.Channel, "channel", "other channel"),
        (PictureLinkState.Idle, "idle", "no channel"),
        (PictureLinkState.Dead, "dead", "dead link"),
    ];

    /// <param name="boxes">By number.</param>
    /// <param name="links">By number; <see cref="PictureLinkState.Parent"/> where a channel leads to somebody's <see cref="PictureBox.Parent"/>.</param>
    public static string Draw(string title, string subtitle, Topology topology, IReadOnlyList<PictureBox> boxes, IReadOnlyList<PictureLinkState> links)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(boxes.Count, topology.Nodes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(links.Count, topology.Edges.Count);
        var forest = new PictureForest(topology, boxes);
        var points = Fit(PictureLayout.Lay(topology, forest, labels: boxes.Count <= MostLabels), out var width, out var height);
        var svg = new StringBuilder(512 + (160 * (boxes.Count + links.Count)));
        Header(svg, title, subtitle, width, height);
        // What is drawn later lies above: faint links, bold links, boxes, labels.
        foreach (var state in new[] { PictureLinkState.Idle, PictureLinkState.Dead, PictureLinkState.Channel, PictureLinkState.Parent })
        {
            svg.Append(Invariant($"<g class=\"{Of(LinkStates, state).Class}\">\n"));
            for (var i = 0; i < links.Count; i++)
            {
                if (links[i] == state)
                    Link(svg, topology.Edges[i], points, boxes);
            }

            svg.Append("</g>\n");
        }

        var radius = boxes.Count <= MostLabels ? 7 : 5;
        for (var i = 0; i < boxes.Count; i++)
            Box(svg, boxes[i], points[i], forest.DepthOf(i), radius);
        if (boxes.Count <= MostLabels)
        {
            for (var i = 0; i < boxes.Count; i++)
            {
                // Right below the box; a root is larger.
                var away = boxes[i].State == PictureBoxState.Root ? 4 : 0;
                svg.Append(Invariant($"<text class=\"label\" x=\"{points[i].X + 7 + away:0.#}\" y=\"{points[i].Y + 13 + away:0.#}\">{Escape(boxes[i].Label)}</text>\n"));
            }
        }

        Legend(svg, boxes, links, height);
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>Moves a layout below the header and inside the margins.</summary>
    private static PicturePoint[] Fit(PicturePoint[] points, out double width, out double height)
    {
        var (left, top) = (points.Min(p => p.X), points.Min(p => p.Y));
        var (across, down) = (points.Max(p => p.X) - left, points.Max(p => p.Y) - top);
        width = Math.Max(LeastWidth, across + (2 * Margin));
        height = down + (2 * Margin) + HeaderHeight + LegendHeight;
        var shift = (width - across) / 2;
        return Array.ConvertAll(points, p => new PicturePoint(p.X - left + shift, p.Y - top + Margin + HeaderHeight));
    }

    private static void Header(StringBuilder svg, string title, string subtitle, double width, double height)
    {
        svg.Append(Invariant($$"""
            <?xml version="1.0" encoding="utf-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" width="{{width:0}}" height="{{height:0}}" viewBox="0 0 {{width:0}} {{height:0}}" role="img">
            <title>{{Escape(title)}}</title>
            <style>
            text { font-family: "DejaVu Sans", Verdana, sans-serif; fill: #333; }
            .name { font-size: 18px; font-weight: bold; } .what { font-size: 12px; } .label { font-size: 9px; fill: #333; stroke: #fff; stroke-width: 2.5px; stroke-linejoin: round; paint-order: stroke; }
            .parent { stroke: #2b4c7e; stroke-width: 2.6; fill: none; }
            .channel { stroke: #9aa7b8; stroke-width: 0.8; fill: none; }
            .idle { stroke: #e0b040; stroke-width: 1; stroke-dasharray: 1 3; fill: none; }
            .dead { stroke: #d04a35; stroke-width: 1.4; stroke-dasharray: 6 4; fill: none; }
            .root { fill: #f2b705; stroke: #7a4b00; stroke-width: 2.5; }
            .joined { fill: #4f8fd0; stroke: #1f3f66; stroke-width: 1; }
            .alone { fill: #c77fd6; stroke: #5d2a68; stroke-width: 1; }
            .off { fill: #ffffff; stroke: #999999; stroke-width: 1.2; }
            </style>
            <rect width="100%" height="100%" fill="#ffffff"/>
            <text class="name" x="{{Margin}}" y="30">{{Escape(title)}}</text>
            <text class="what" x="{{Margin}}" y="50">{{Escape(subtitle)}}</text>

            """));
    }

    private static void Link(StringBuilder svg, TopologyEdge edge, PicturePoint[] points, IReadOnlyList<PictureBox> boxes)
    {
        var (a, b) = (points[edge.A], points[edge.B]);
        svg.Append(Invariant($"<line x1=\"{a.X:0.#}\" y1=\"{a.Y:0.#}\" x2=\"{b.X:0.#}\" y2=\"{b.Y:0.#}\"><title>{Escape(boxes[edge.A].Label)} – {Escape(boxes[edge.B].Label)}</title></line>\n"));
    }

    private static void Box(StringBuilder svg, PictureBox box, PicturePoint at, int depth, int radius)
    {
        var (_, style, words) = Of(BoxStates, box.State);
        var size = box.State == PictureBoxState.Root ? radius + 4 : radius;
        var hops = box.State == PictureBoxState.Joined ? Invariant($", {depth} hops deep") : "";
        var note = box.Note.Length > 0 ? ", " + box.Note : "";
        svg.Append(Invariant($"<circle class=\"{style}\" cx=\"{at.X:0.#}\" cy=\"{at.Y:0.#}\" r=\"{size}\"><title>{Escape(box.Label)}: {words}{hops}{Escape(note)}</title></circle>\n"));
    }

    /// <summary>Every state that occurs, with how often.</summary>
    private static void Legend(StringBuilder svg, IReadOnlyList<PictureBox> boxes, IReadOnlyList<PictureLinkState> links, double height)
    {
        var (x, y) = (Margin, height - (LegendHeight / 2));
        foreach (var (state, style, words) in BoxStates)
        {
            if (boxes.Count(b => b.State == state) is > 0 and var count)
                Sample(Invariant($"<rect class=\"{style}\" x=\"{x:0.#}\" y=\"{y - 6:0.#}\" width=\"12\" height=\"12\" rx=\"6\"/>"), 12, $"{words} {count}");
        }

        foreach (var (state, style, words) in LinkStates)
        {
            if (links.Count(l => l == state) is > 0 and var count)
                Sample(Invariant($"<path class=\"{style}\" d=\"M{x:0.#} {y:0.#}h26\"/>"), 26, $"{words} {count}");
        }

        void Sample(string shape, double width, string words)
        {
            svg.Append(Invariant($"{shape}<text class=\"what\" x=\"{x + width + 6:0.#}\" y=\"{y + 4:0.#}\">{words}</text>\n"));
            // The letters of this size are about 7 pixels wide.
            x += width + 24 + (words.Length * 7);
        }
    }

    private static (T State, string Class, string Words) Of<T>((T State, string Class, string Words)[] states, T state)
        where T : struct, Enum
    {
        foreach (var one in states)
        {
            if (EqualityComparer<T>.Default.Equals(one.State, state))
                return one;
        }

        throw new ArgumentOutOfRangeException(nameof(state));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Text for XML 1.0, which cannot say every character at all.</summary>
    private static string Escape(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '<':
                    result.Append("&lt;");
                    break;
                case '>':
                    result.Append("&gt;");
                    break;
                case '&':
                    result.Append("&amp;");
                    break;
                case '"':
                    result.Append("&quot;");
                    break;
                case (< 0x20 and not ('\t' or '\n' or '\r')) or 0xfffe or 0xffff:
                    result.Append('\ufffd');
                    break;
                default:
                    result.Append(rune.ToString());
                    break;
            }
        }

        return result.ToString();
    }
}
