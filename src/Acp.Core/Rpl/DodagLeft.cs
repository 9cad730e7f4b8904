using Acp.Wire;

namespace Acp.Core.Rpl;

/// <summary>The last usable parent of a DODAG is gone. Its echoes are not believed before <paramref name="Hold"/> is over.</summary>
public sealed record DodagLeft(Ipv6Address DodagId, byte Version, ushort LowestRank, TimeSpan Hold) : RplFact;
