using Acp.Wire;

namespace Acp.Core.Rpl;

/// <summary>Joined another DODAG, or another version of the same.</summary>
public sealed record DodagJoined(Ipv6Address DodagId, byte Version, ushort Rank, ChannelId Parent) : RplFact;
