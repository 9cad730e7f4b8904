namespace Acp.Wire.Rpl;

/// <summary>ICMPv6 codes of type 155 (RFC 6550 §6). The secure variants have the high bit set and are never used here.</summary>
public enum RplCode : byte
{
    Dis = 0x00,
    Dio = 0x01,
    Dao = 0x02,
    DaoAck = 0x03,
}
