namespace Acp.Wire.Rpl;

/// <summary>Destination Advertisement Object Acknowledgement (RFC 6550 §6.5).</summary>
/// <param name="InstanceId">RPLInstanceID; 0 in the ACP.</param>
/// <param name="Sequence">The DAOSequence that is answered.</param>
/// <param name="Status">0 accepted, 1 to 127 accepted with a remark, 128 to 255 refused.</param>
/// <param name="DodagId">Present when the D bit is set.</param>
public sealed record DaoAckMessage(byte InstanceId, byte Sequence, byte Status, Ipv6Address? DodagId) : RplMessage;
