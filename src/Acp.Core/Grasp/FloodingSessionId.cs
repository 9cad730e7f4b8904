using System.Globalization;

namespace Acp.Core.Grasp;

/// <summary>One TCP connection to a channel neighbour, numbered by <see cref="FloodingSessions"/> and never used again.</summary>
public readonly record struct FloodingSessionId(long Value)
{
    public override string ToString() => "flood" + Value.ToString(CultureInfo.InvariantCulture);
}
