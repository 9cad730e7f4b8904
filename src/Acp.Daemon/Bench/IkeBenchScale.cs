namespace Acp.Daemon.Bench;

/// <summary>What many established SAs cost: memory, and time of the next handshake.</summary>
/// <param name="Sas">Established IKE SAs in each process, with a child SA each.</param>
/// <param name="ResidentOctetsPerSa">Growth of the resident memory for each, in the process where it is more.</param>
/// <param name="LiveOctetsPerSa">Of that, objects that the collector keeps.</param>
/// <param name="StrongswanResidentOctetsPerSa">The same of strongSwan, from its own batches; null without it.</param>
/// <param name="MillisecondsAtNone">Median of one handshake, one at a time, with no SA yet.</param>
/// <param name="MillisecondsAtAll">The same beside all of them.</param>
public sealed record IkeBenchScale(
    int Sas,
    double ResidentOctetsPerSa,
    double LiveOctetsPerSa,
    double? StrongswanResidentOctetsPerSa,
    double MillisecondsAtNone,
    double MillisecondsAtAll);
