using System.Globalization;

namespace Acp.Core;

/// <summary>One ACP secure channel to one neighbour on one link, numbered from 1 for the life of the process.</summary>
public readonly record struct ChannelId(int Value) : IComparable<ChannelId>
{
    public int CompareTo(ChannelId other) => Value.CompareTo(other.Value);

    public override string ToString() => "ch" + Value.ToString(CultureInfo.InvariantCulture);
}
