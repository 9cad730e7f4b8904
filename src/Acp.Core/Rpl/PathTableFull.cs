namespace Acp.Core.Rpl;

/// <summary>Alarm: targets were refused because the table of DAO paths is full.</summary>
public sealed record PathTableFull(ChannelId Channel, int Limit) : RplFact;
