using Acp.Wire.Rpl;

namespace Acp.Core.Rpl;

/// <summary>Octets that are no RPL message we read.</summary>
public sealed record RplMessageRefused(ChannelId Channel, RplRefusal Refusal) : RplFact;
