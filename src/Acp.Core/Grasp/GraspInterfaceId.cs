using System.Globalization;

namespace Acp.Core.Grasp;

/// <summary>One GRASP interface, usually its interface index. One that goes and returns may have the same number.</summary>
public readonly record struct GraspInterfaceId(int Value) : IComparable<GraspInterfaceId>
{
    public int CompareTo(GraspInterfaceId other) => Value.CompareTo(other.Value);

    public override string ToString() => "if" + Value.ToString(CultureInfo.InvariantCulture);
}
