namespace Acp.Wire.Rpl;

/// <summary>
/// Solicited Information (RFC 6550 §6.7.9): only nodes for which every predicate whose bit is set holds shall answer
/// the DIS.
/// </summary>
/// <param name="VersionPredicate">V: the version must match.</param>
/// <param name="InstancePredicate">I: the instance must match.</param>
/// <param name="DodagIdPredicate">D: the DODAGID must match.</param>
public sealed record SolicitedInformationOption(
    byte InstanceId,
    bool VersionPredicate,
    bool InstancePredicate,
    bool DodagIdPredicate,
    Ipv6Address DodagId,
    byte Version) : RplOption;
