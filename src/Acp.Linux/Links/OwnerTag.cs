using System.Globalization;

namespace Acp.Linux.Links;

/// <summary>
/// What we write in an interface's alias, so that a later acpd knows whose it is and over which parent:
/// <c>acpd:default:7</c>.
/// </summary>
/// <param name="ParentIndex">Interface index in the host namespace.</param>
public readonly record struct OwnerTag(string Instance, int ParentIndex)
{
    private const string Mark = "acpd:";

    public static bool TryParse(string alias, out OwnerTag tag)
    {
        tag = default;
        var last = alias.LastIndexOf(':');
        if (!alias.StartsWith(Mark, StringComparison.Ordinal) || last < Mark.Length
            || !int.TryParse(alias.AsSpan(last + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            return false;
        tag = new OwnerTag(alias[Mark.Length..last], index);
        return true;
    }

    public override string ToString() => $"{Mark}{Instance}:{ParentIndex.ToString(CultureInfo.InvariantCulture)}";
}
