using System.Globalization;

namespace Acp.Core.Grasp;

/// <summary>One call of the API, numbered by whoever makes it; unique among the calls that are pending.</summary>
public readonly record struct CommandId(long Value)
{
    public override string ToString() => "cmd" + Value.ToString(CultureInfo.InvariantCulture);
}
