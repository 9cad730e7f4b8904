namespace Acp.Core.Rpl;

/// <summary>A DAO parent answered none of the transmissions, or refused; it comes last in the choice for <paramref name="Penalty"/>.</summary>
/// <param name="Status">The refusing DAO-ACK status, 128 to 255; null for silence.</param>
public sealed record DaoParentFailed(ChannelId Channel, byte? Status, TimeSpan Penalty) : RplFact;
