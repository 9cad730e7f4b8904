namespace Acp.Wire.Rpl;

/// <summary>Option types of RPL control messages (RFC 6550 §6.7, §20.4).</summary>
public enum RplOptionType : byte
{
    Pad1 = 0,
    PadN = 1,
    DagMetricContainer = 2,
    RouteInformation = 3,
    DodagConfiguration = 4,
    RplTarget = 5,
    TransitInformation = 6,
    SolicitedInformation = 7,
    PrefixInformation = 8,
    TargetDescriptor = 9,
}
