using System.Globalization;

namespace Acp.Core.Grasp;

/// <summary>One reliable unicast stream (TCP, or TLS over it), numbered by the engine and never used again.</summary>
public readonly record struct ConnectionId(long Value)
{
    public override string ToString() => "conn" + Value.ToString(CultureInfo.InvariantCulture);
}
