namespace Acp.Wire.Rpl;

/// <summary>DODAG Information Object (RFC 6550 §6.3).</summary>
/// <param name="InstanceId">RPLInstanceID; 0 in the ACP.</param>
/// <param name="Version">DODAGVersionNumber, a lollipop counter.</param>
/// <param name="Rank">The sender's rank; 0xffff is INFINITE_RANK.</param>
/// <param name="Grounded">The G bit.</param>
/// <param name="ModeOfOperation">MOP, 0 to 7; 2 is storing mode without multicast.</param>
/// <param name="Preference">DODAGPreference, 0 to 7.</param>
/// <param name="Dtsn">Destination Advertisement Trigger Sequence Number.</param>
/// <param name="DodagId">The DODAG's name: an address of its root.</param>
public sealed record DioMessage(
    byte InstanceId,
    byte Version,
    ushort Rank,
    bool Grounded,
    byte ModeOfOperation,
    byte Preference,
    byte Dtsn,
    Ipv6Address DodagId) : RplMessage;
