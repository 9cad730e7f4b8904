namespace Acp.Explorer;

/// <summary>How badly the network treats datagrams while a random schedule lasts; per mille each.</summary>
/// <param name="Jitter">Ordinary delays are drawn from 0.1 ms to this.</param>
/// <param name="Lateness">Late ones from 0 to this.</param>
public sealed record FaultProfile(int Loss, int Duplicate, int Late, TimeSpan Jitter, TimeSpan Lateness);
