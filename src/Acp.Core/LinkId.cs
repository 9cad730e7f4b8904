using System.Globalization;

namespace Acp.Core;

/// <summary>One link of the abutment namespace (its interface index there). A link that goes and returns gets a new one.</summary>
public readonly record struct LinkId(int Value) : IComparable<LinkId>
{
    public int CompareTo(LinkId other) => Value.CompareTo(other.Value);

    public override string ToString() => "link" + Value.ToString(CultureInfo.InvariantCulture);
}
