namespace Acp.Wire.Rpl;

/// <summary>Destination Advertisement Object (RFC 6550 §6.4).</summary>
/// <param name="InstanceId">RPLInstanceID; 0 in the ACP.</param>
/// <param name="AckRequested">The K bit.</param>
/// <param name="Sequence">DAOSequence.</param>
/// <param name="DodagId">Present when the D bit is set.</param>
public sealed record DaoMessage(byte InstanceId, bool AckRequested, byte Sequence, Ipv6Address? DodagId) : RplMessage;
